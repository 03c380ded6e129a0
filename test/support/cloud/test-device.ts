import mqtt, { type MqttClient } from "mqtt";
import { mqttLogin } from "../../../local/devices/index.ts";

type DeviceSecret = Parameters<typeof mqttLogin>[0];

/** A device of a test's own: an ordinary MQTT client that answers 200 and notes what it got. */
export class TestDevice {
	readonly received: Array<{ readonly service: string; readonly params: string }> = [];
	readonly #secret: DeviceSecret;
	#client: MqttClient | undefined;

	constructor(secret: DeviceSecret) {
		this.#secret = secret;
	}

	async connect(mqttUrl: string): Promise<void> {
		const { productKey, deviceName } = this.#secret;
		const login = mqttLogin(this.#secret, "test", Date.now());
		const client = await mqtt.connectAsync(mqttUrl, { ...login, reconnectPeriod: 0 });
		this.#client = client;
		client.on("error", () => {});
		client.on("message", (topic, payload) => this.#take(client, topic, payload.toString()));
		await client.subscribeAsync([
			`/sys/${productKey}/${deviceName}/thing/service/+`,
			`/sys/${productKey}/${deviceName}/rrpc/request/+`,
		]);
	}

	async disconnect(): Promise<void> {
		await this.#client?.endAsync(true);
	}

	#take(client: MqttClient, topic: string, text: string): void {
		const { id, method } = JSON.parse(text) as { id: string; method: string };
		const params = /"params":(.*?)(?:,"method"|,"version"|}$)/.exec(text)?.[1] ?? "";
		this.received.push({ service: method.replace("thing.service.", ""), params });
		const answer = topic.includes("/rrpc/")
			? topic.replace("/request/", "/response/")
			: `${topic}_reply`;
		client.publish(answer, JSON.stringify({ id, code: 200, data: {} }));
	}
}
