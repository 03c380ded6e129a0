import mqtt, { type MqttClient } from "mqtt";
import { mqttLogin } from "../../local/devices/index.ts";

type Secret = Parameters<typeof mqttLogin>[0];

/** How it replies: most at once, some twice or three times, some seconds late, a few never. */
function repliesOf(random: () => number): readonly number[] {
	const fate = random();
	if (fate < 0.7) return [0];
	if (fate < 0.8) return [0, 5];
	if (fate < 0.85) return [0, 300, 1_500];
	if (fate < 0.95) return [500 + random() * 6_000];
	return fate < 0.98 ? [8_000 + random() * 8_000] : [];
}

/** A device of the checker's own: notes each time that a mark reached it, whatever thingcast says of it. */
export class ChaosDevice {
	readonly received = new Map<string, number>();
	readonly name: { readonly productKey: string; readonly deviceName: string };
	readonly #secret: Secret;
	readonly #random: () => number;
	#client: MqttClient | undefined;
	#posts = 0;

	constructor(secret: Secret, random: () => number) {
		this.#secret = secret;
		this.#random = random;
		this.name = { productKey: secret.productKey, deviceName: secret.deviceName };
	}

	async connect(url: string): Promise<void> {
		const login = mqttLogin(this.#secret, "chaos", Date.now());
		const client = await mqtt.connectAsync(url, { ...login, reconnectPeriod: 0 });
		this.#client = client;
		client.on("error", () => {});
		client.on("message", (topic, payload) => this.#take(client, topic, payload.toString()));
		await client.subscribeAsync(this.#topic("thing/service/+"));
	}

	/** An event, which a reaction answers with a command that carries the mark. */
	async postAlarm(mark: string): Promise<void> {
		const params = { id: `${++this.#posts}`, version: "1.0", params: { reason: mark } };
		const topic = this.#topic("thing/event/alarm/post");
		await this.#client?.publishAsync(topic, JSON.stringify(params), { qos: 1 });
	}

	async disconnect(): Promise<void> {
		await this.#client?.endAsync(true);
	}

	#take(client: MqttClient, topic: string, text: string): void {
		const { id, params } = JSON.parse(text) as { id: string; params?: { name?: string } };
		if (topic.endsWith("_reply") || params?.name === undefined) return;
		this.received.set(params.name, (this.received.get(params.name) ?? 0) + 1);
		for (const delay of repliesOf(this.#random)) {
			setTimeout(() => {
				client.publish(`${topic}_reply`, JSON.stringify({ id, code: 200, data: {} }));
			}, delay);
		}
	}

	#topic(path: string): string {
		return `/sys/${this.name.productKey}/${this.name.deviceName}/${path}`;
	}
}
