import { Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";
import type { Clock } from "../clock/clock.ts";
import { parseJsonText, rawMember, textMember } from "../iot/thing-model/json-text.ts";
import { answersWell, type Behaviour, type Received } from "./behaviour.ts";
import { type DeviceSecret, mqttLogin } from "./credentials.ts";

/** How long a device waits before it dials again after its connection was lost. */
const RECONNECT_MS = 500;
const KEEPALIVE_SECONDS = 60;
const CONNECT_TIMEOUT_MS = 10_000;

export interface SimulatedDeviceOptions {
	readonly identity: DeviceSecret;
	readonly mqttUrl: string;
	readonly clock: Clock;
	readonly record: (received: Received) => void;
}

/**
 * An ordinary MQTT client that behaves like a device of the sample product. Its
 * session is persistent, so that what is sent with QoS 1 while it is away
 * reaches it when it is back.
 */
export class SimulatedDevice {
	readonly identity: DeviceSecret;
	readonly clientId: string;
	/** May be replaced at any time. */
	behaviour: Behaviour = answersWell;
	readonly #options: SimulatedDeviceOptions;
	readonly #topic: string;
	#client: MqttClient | undefined;
	#wanted = false;
	#displaced = false;
	#dialing = false;
	#cancelRedial: (() => void) | undefined;

	constructor(options: SimulatedDeviceOptions) {
		const { productKey, deviceName } = options.identity;
		this.identity = options.identity;
		this.clientId = `simulated-${deviceName}`;
		this.#options = options;
		this.#topic = `/sys/${productKey}/${deviceName}`;
	}

	get online(): boolean {
		return this.#client?.connected ?? false;
	}

	/** Whether it is connecting or subscribing. */
	get dialing(): boolean {
		return this.#dialing;
	}

	/** Another connection has taken the device over: this one stays away for good. */
	get displaced(): boolean {
		return this.#displaced;
	}

	displace(): void {
		this.#displaced = true;
		this.#hangUp();
	}

	/** Resolves once the device is online and subscribed; at once if it was displaced. */
	async goOnline(): Promise<void> {
		this.#wanted = true;
		if (this.#displaced || this.#client) return;
		await this.#dial();
	}

	/** Resolves once the connection is closed. */
	async goOffline(): Promise<void> {
		this.#wanted = false;
		this.#cancelRedial?.();
		const client = this.#client;
		this.#client = undefined;
		if (client) await client.endAsync();
	}

	/** Goes offline, and online again after `ms` of the clock. */
	async goOfflineFor(ms: number): Promise<void> {
		await this.goOffline();
		await this.#options.clock.sleep(ms);
		await this.goOnline();
	}

	/** `items` is JSON text: `{"power":1}`. */
	async postProperties(items: string): Promise<void> {
		await this.#post("thing.event.property.post", "thing/event/property/post", items);
	}

	/** `output` is JSON text. */
	async postEvent(identifier: string, output: string): Promise<void> {
		await this.#post(
			`thing.event.${identifier}.post`,
			`thing/event/${identifier}/post`,
			`{"value":${output},"time":${this.#options.clock.now()}}`,
		);
	}

	async #post(method: string, path: string, params: string): Promise<void> {
		const id = String(this.#options.clock.now() % 2 ** 32);
		const payload = `{"id":"${id}","version":"1.0","sys":{"ack":0},"params":${params},"method":"${method}"}`;
		await this.#client?.publishAsync(`${this.#topic}/${path}`, payload, { qos: 1 });
	}

	async #dial(): Promise<void> {
		const { identity, mqttUrl, clock } = this.#options;
		const client = connect(mqttUrl, {
			...mqttLogin(identity, this.clientId, clock.now()),
			clean: false,
			keepalive: KEEPALIVE_SECONDS,
			connectTimeout: CONNECT_TIMEOUT_MS,
			reconnectPeriod: 0, // it redials by the clock, and not at all once displaced
			protocolVersion: 4,
		});
		this.#client = client;
		// Two answers in a row must not wait for the broker's delayed acknowledgement, 40 ms.
		if (client.stream instanceof Socket) client.stream.setNoDelay(true);
		client.on("message", (topic, payload) => this.#received(client, topic, payload));
		client.on("error", () => {}); // "close" follows
		client.on("close", () => this.#closed(client));
		this.#dialing = true;
		await new Promise<void>((resolve) => {
			client.once("close", resolve);
			client.once("connect", () => {
				const filters = [`${this.#topic}/thing/service/#`, `${this.#topic}/rrpc/request/+`];
				client.subscribe(filters, { qos: 1 }, () => resolve());
			});
		});
		this.#dialing = false;
	}

	#closed(client: MqttClient): void {
		if (this.#client !== client) return;
		this.#client = undefined;
		client.end(true);
		if (!this.#wanted || this.#displaced) return;
		this.#cancelRedial = this.#options.clock.after(RECONNECT_MS, () => {
			if (this.#wanted && !this.#displaced && !this.#client) this.#dial().catch(() => {});
		});
	}

	#hangUp(): void {
		this.#cancelRedial?.();
		this.#client?.end(true);
		this.#client = undefined;
	}

	#received(client: MqttClient, topic: string, payload: Buffer): void {
		const path = topic.slice(this.#topic.length + 1);
		const message = parseJsonText(payload.toString("utf8"));
		const id = message && textMember(message, "id");
		if (!message || id === undefined || path.endsWith("_reply")) return;
		const isSync = path.startsWith("rrpc/request/");
		const method = textMember(message, "method") ?? "";
		const received: Received = {
			deviceName: this.identity.deviceName,
			service: isSync ? method.slice("thing.service.".length) : path.slice("thing/service/".length),
			callType: isSync ? "sync" : "async",
			id,
			params: rawMember(message, "params", "{}"),
			at: this.#options.clock.now(),
		};
		this.#options.record(received);
		const reply = this.behaviour(received);
		if (reply === "silent") return;
		const answerTopic = isSync
			? topic.replace("/rrpc/request/", "/rrpc/response/")
			: `${topic}_reply`;
		const code = reply.code ?? 200;
		const text = JSON.stringify(reply.message ?? (code === 200 ? "success" : "failed"));
		const answer = `{"id":"${id}","code":${code},"data":${reply.data ?? "{}"},"message":${text},"version":"1.0"}`;
		const send = () => {
			if (client.connected) client.publish(answerTopic, answer, { qos: 0 });
		};
		if (reply.delayMs) this.#options.clock.after(reply.delayMs, send);
		else send();
	}
}
