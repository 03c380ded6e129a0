import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { mqttLogin } from "../../devices/index.ts";
import { deviceAt, type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

let cloud: IotCloud;
const open: MqttClient[] = [];
beforeAll(async () => {
	cloud = await startIotCloud({ online: false, devices: 1, quotaPerSecond: 1_000_000 });
});
afterEach(() => {
	for (const client of open.splice(0)) client.end(true);
});
afterAll(() => cloud.close());

interface Device {
	readonly client: MqttClient;
	readonly sessionPresent: boolean;
	readonly packets: IPublishPacket[];
	/** Resolves when the service call of this id has arrived. */
	arrived(messageId: string | undefined): Promise<IPublishPacket>;
}

async function connect(options: IClientOptions = {}): Promise<Device> {
	const client = mqtt.connect(cloud.iot.mqttUrl, {
		...mqttLogin(deviceAt(cloud.seed, 0), "qos", 1),
		clean: false,
		reconnectPeriod: 0,
		...options,
	});
	open.push(client);
	const packets: IPublishPacket[] = [];
	const listeners = new Set<() => void>();
	client.on("packetreceive", (packet) => {
		if (packet.cmd !== "publish") return;
		packets.push(packet);
		for (const listener of listeners) listener();
	});
	const sessionPresent = await new Promise<boolean>((resolve) =>
		client.once("connect", (connack) => resolve(connack.sessionPresent)),
	);
	const arrived = (messageId: string | undefined) =>
		new Promise<IPublishPacket>((resolve) => {
			const look = () => {
				const found = packets.find(({ payload }) => String(payload).includes(`"${messageId}"`));
				if (found) resolve(found);
			};
			listeners.add(look);
			look();
		});
	return { client, sessionPresent, packets, arrived };
}

const subscribe = ({ client }: Device, qos: 0 | 1 = 1) => {
	const { productKey, deviceName } = deviceAt(cloud.seed, 0);
	return client.subscribeAsync(`/sys/${productKey}/${deviceName}/thing/service/+`, { qos });
};

const invoke = async (qos: "0" | "1") =>
	(await cloud.invoke("Set", "{}", { queries: { Qos: qos } })).body.data?.messageId;

async function offline(device: Device): Promise<void> {
	const count = () =>
		cloud.queues.messages.filter(({ payload }) => payload["status"] === "offline").length;
	const before = count();
	device.client.stream.destroy();
	await cloud.queues.waitFor(() => count() > before);
}

test("Qos 1 arrives with QoS 1 and, once acknowledged, not again", async () => {
	const device = await connect();
	await subscribe(device);
	const first = await invoke("1");
	expect((await device.arrived(first)).qos).toBe(1);
	expect((await device.arrived(await invoke("0"))).qos).toBe(0);
	await offline(device);
	const back = await connect();
	expect(back.sessionPresent).toBe(true);
	await back.arrived(await invoke("1")); // without subscribing again: the session is still there
	expect(back.packets.length).toBe(1);
});

test("what was not acknowledged comes again, marked as a duplicate", async () => {
	const device = await connect();
	await subscribe(device);
	device.client.handleMessage = () => {}; // PUBACK would follow its callback
	const id = await invoke("1");
	expect((await device.arrived(id)).dup).toBe(false);
	await offline(device);
	const back = await connect();
	expect(await back.arrived(id)).toMatchObject({ dup: true, qos: 1 });
});

test("a clean session keeps nothing, nor does a subscription with QoS 0", async () => {
	const failure = async (id: string | undefined) =>
		(await cloud.queues.waitFor(({ payload }) => payload["requestId"] === id)).payload["code"];
	const device = await connect({ clean: true });
	expect(device.sessionPresent).toBe(false);
	await subscribe(device);
	await offline(device);
	expect(await failure(await invoke("1"))).toBe(9201);

	const low = await connect();
	await subscribe(low, 0);
	expect((await low.arrived(await invoke("1"))).qos).toBe(0);
	await offline(low);
	expect(await failure(await invoke("1"))).toBe(9201);
});

test("Qos is 0 or 1", async () => {
	const { body } = await cloud.invoke("Set", "{}", { queries: { Qos: "2" } });
	expect(body.code).toBe("iot.common.InvalidFormattedParameter");
});
