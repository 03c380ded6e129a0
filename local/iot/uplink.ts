import type { Clock } from "../clock/clock.ts";
import type { Downlink } from "./downlink.ts";
import type { Forwarder } from "./forward.ts";
import { type Throttle, throttleOf } from "./http/throttle.ts";
import type { Broker } from "./mqtt/broker.ts";
import { DEFAULT_MODULE, type Device, type Registry } from "./registry.ts";
import { checkValue } from "./thing-model/check.ts";
import { type JsonNode, parseJsonText, rawMember, textMember } from "./thing-model/json-text.ts";
import { isRecord, type ThingModel } from "./thing-model/tsl.ts";

const PARAMETER_ERROR = 460;

interface Parts {
	readonly registry: Registry;
	readonly broker: Broker;
	readonly downlink: Downlink;
	readonly forwarder: Forwarder;
	readonly clock: Clock;
	readonly log: (line: string) => void;
	/** Messages a second of one device; undefined: any number. */
	readonly perSecond: number | undefined;
}

/** What devices publish, by topic (help.aliyun.com/document_detail/89301.html). */
export class Uplink {
	readonly #parts: Parts;
	readonly #rates = new Map<string, Throttle>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	receive(device: Device, topic: string, payload: Buffer): void {
		if (!this.#mayPublish(device)) {
			this.#parts.log(
				`${device.deviceName}: above ${this.#parts.perSecond} messages/s, lost: ${topic}`,
			);
			return;
		}
		const system = `/sys/${device.productKey}/${device.deviceName}/`;
		if (!topic.startsWith(system)) {
			const [, extended, rrpc, messageId = ""] = topic.split("/");
			if (extended === "ext" && rrpc === "rrpc") {
				// Answered on the topic on which it came.
				this.#parts.downlink.answered(device, messageId, payload);
				return;
			}
			if (topic.includes("/user/")) this.#parts.forwarder.send("upload", topic, payload);
			return;
		}
		const path = topic.slice(system.length);
		if (path.startsWith("rrpc/response/")) {
			this.#parts.downlink.answered(device, path.slice("rrpc/response/".length), payload);
			return;
		}
		const message = parseJsonText(payload.toString("utf8"));
		if (message?.kind !== "object") {
			this.#parts.log(`${device.deviceName}: not a JSON object on ${topic}`);
			return;
		}
		if (path === "thing/event/property/post") this.#property(device, message, topic);
		else if (path.startsWith("thing/event/") && path.endsWith("/post")) {
			this.#event(device, path.slice("thing/event/".length, -"/post".length), message, topic);
		} else if (path.startsWith("thing/service/") && path.endsWith("_reply")) {
			this.#reply(device, message, topic);
		} else if (path === "thing/deviceinfo/update") this.#tags(device, message, topic);
		else if (path === "thing/deviceinfo/delete") this.#deleteTags(device, message, topic);
	}

	#mayPublish({ iotId }: Device): boolean {
		const { perSecond, clock } = this.#parts;
		const rate = this.#rates.get(iotId) ?? throttleOf(perSecond);
		if (!rate) return true;
		this.#rates.set(iotId, rate);
		return rate.take(clock.now());
	}

	#reply(device: Device, message: JsonNode, topic: string): void {
		const code = rawMember(message, "code", "");
		const requestId = textMember(message, "id");
		if (requestId === undefined || !/^-?\d+$/.test(code)) {
			this.#parts.log(`${device.deviceName}: a reply without id or code on ${topic}`);
			return;
		}
		this.#parts.forwarder.reply(device, {
			requestId,
			code,
			message: textMember(message, "message") ?? (code === "200" ? "success" : ""),
			data: rawMember(message, "data", "{}"),
			topic: topic.slice(0, -"_reply".length),
		});
	}

	#property(device: Device, message: JsonNode, topic: string): void {
		const params = memberOf(message, "params");
		if (params?.kind !== "object") {
			this.#parts.log(`${device.deviceName}: properties are refused: params is no object`);
			this.#acknowledge(device, topic, message, PARAMETER_ERROR, {});
			return;
		}
		const now = this.#parts.clock.now();
		const accepted: string[] = [];
		const refused: Record<string, string> = {};
		for (const [name, given] of params.members) {
			const value = wrapped(given) ?? given;
			const property = this.#model(device, name)?.properties.get(unqualified(name));
			const problem = property
				? checkValue(property.dataType, value, name)
				: "tsl parse: params not exist";
			if (problem) {
				refused[name] = problem;
				this.#parts.log(`${device.deviceName}: property ${name} is refused: ${problem}`);
			} else {
				const time = given === value ? String(now) : rawMember(given, "time", String(now));
				accepted.push(`${JSON.stringify(name)}:{"value":${value.raw},"time":${time}}`);
			}
		}
		if (accepted.length > 0) {
			this.#parts.forwarder.send(
				"upload",
				`/${device.productKey}/${device.deviceName}/thing/event/property/post`,
				`${this.#head(device, message, now)},"items":{${accepted.join(",")}}}`,
			);
		}
		this.#acknowledge(device, topic, message, 200, refused);
	}

	#event(device: Device, identifier: string, message: JsonNode, topic: string): void {
		const event = this.#model(device, identifier)?.events.get(unqualified(identifier));
		const params = memberOf(message, "params");
		if (!event || params?.kind !== "object") {
			const why = event ? "params is no object" : "the thing model has no such event";
			this.#parts.log(`${device.deviceName}: event ${identifier} is refused: ${why}`);
			this.#acknowledge(device, topic, message, PARAMETER_ERROR, {
				[identifier]: "tsl parse: params not exist",
			});
			return;
		}
		const now = this.#parts.clock.now();
		const time = rawMember(params, "time", String(now));
		const about = JSON.stringify({
			identifier,
			name: event.name,
			type: event.type,
		}).slice(1, -1);
		this.#parts.forwarder.send(
			"upload",
			`/${device.productKey}/${device.deviceName}/thing/event/${identifier}/post`,
			`${this.#head(device, message, now)},${about},"time":${time},"value":${(wrapped(params) ?? params).raw}}`,
		);
		this.#acknowledge(device, topic, message, 200, {});
	}

	#tags(device: Device, message: JsonNode, topic: string): void {
		for (const [key, value] of tagsOf(message)) {
			if (value !== undefined) device.tags.set(key, value);
		}
		this.#parts.registry.save(device);
		this.#acknowledge(device, topic, message, 200, {});
	}

	#deleteTags(device: Device, message: JsonNode, topic: string): void {
		for (const [key] of tagsOf(message)) device.tags.delete(key);
		this.#parts.registry.save(device);
		this.#acknowledge(device, topic, message, 200, {});
	}

	/** The thing model's module that an identifier names: `module:identifier`. */
	#model(device: Device, identifier: string): ThingModel | undefined {
		const colon = identifier.indexOf(":");
		const module = colon < 0 ? DEFAULT_MODULE : identifier.slice(0, colon);
		return this.#parts.registry.product(device.productKey)?.models.get(module)?.model;
	}

	/** The members that every forwarded message has, without the closing brace. */
	#head(device: Device, message: JsonNode, now: number): string {
		return JSON.stringify({
			deviceType: "None",
			iotId: device.iotId,
			requestId: textMember(message, "id") ?? "",
			productKey: device.productKey,
			deviceName: device.deviceName,
			gmtCreate: now,
		}).slice(0, -1);
	}

	#acknowledge(
		device: Device,
		topic: string,
		message: JsonNode,
		code: number,
		data: Record<string, string>,
	): void {
		const system = memberOf(message, "sys");
		if (system && rawMember(system, "ack", "1") === "0") return; // the device wants no answer
		const answer = JSON.stringify({
			code,
			data,
			id: textMember(message, "id") ?? "",
			message: code === 200 ? "success" : "request parameter error",
			method: textMember(message, "method") ?? "",
			version: "1.0",
		});
		this.#parts.broker.deliver(device, `${topic}_reply`, answer, 0);
	}
}

function memberOf(node: JsonNode, name: string): JsonNode | undefined {
	return node.kind === "object" ? node.members.get(name) : undefined;
}

/** `{"value": …, "time": …}`, the long form of a posted value. */
function wrapped(node: JsonNode): JsonNode | undefined {
	const value = memberOf(node, "value");
	return value && memberOf(node, "time")?.kind === "number" ? value : undefined;
}

function unqualified(identifier: string): string {
	return identifier.slice(identifier.indexOf(":") + 1);
}

function tagsOf(message: JsonNode): Array<[string, string | undefined]> {
	const params: unknown = JSON.parse(rawMember(message, "params", "[]"));
	return (Array.isArray(params) ? params : []).filter(isRecord).flatMap((entry) => {
		const { attrKey, attrValue } = entry as { attrKey?: unknown; attrValue?: unknown };
		if (typeof attrKey !== "string") return [];
		return [[attrKey, attrValue === undefined ? undefined : String(attrValue)]];
	});
}
