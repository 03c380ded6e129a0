import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answersWell, mqttLogin } from "../../devices/index.ts";
import { deviceAt, type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

let cloud: IotCloud;
beforeAll(async () => {
	cloud = await startIotCloud({ devices: 3, quotaPerSecond: 1_000_000 });
});
afterAll(() => cloud.close());

const replyTo = (messageId: string | undefined) =>
	cloud.queues.waitFor(({ payload }) => payload["requestId"] === messageId);
const statuses = (deviceName: string) =>
	cloud.queues.messages
		.filter(({ payload }) => payload["deviceName"] === deviceName && "status" in payload)
		.map(({ payload }) => payload["status"]);

test("the reply's code, message and data", async () => {
	const device = cloud.fleet.device("device-001");
	device.behaviour = ({ service }) => ({
		code: 429,
		message: `${service} is busy`,
		data: '{"left":9007199254740993,"ratio":1.0}',
	});
	const { body } = await cloud.invoke("Set");
	const reply = await replyTo(body.data?.messageId);
	device.behaviour = answersWell;
	expect(reply.payload).toMatchObject({ code: 429, message: "Set is busy" });
	expect(reply.text).toContain('"data":{"left":9007199254740993,"ratio":1.0}');
});

test("the reply's delay, by the clock", async () => {
	const device = cloud.fleet.device("device-001");
	device.behaviour = () => ({ delayMs: 30_000 });
	const { body } = await cloud.invoke("Reboot");
	await cloud.fleet.waitFor(({ id }) => id === body.data?.messageId);
	device.behaviour = answersWell;
	const has = () =>
		cloud.queues.messages.some(({ payload }) => payload["requestId"] === body.data?.messageId);
	await cloud.clock.advance(29_999);
	expect(has()).toBe(false);
	await cloud.clock.advance(1);
	expect((await replyTo(body.data?.messageId)).payload["gmtCreate"]).toBe(cloud.clock.now());
});

test("an offline spell, and what is said of it", async () => {
	const device = cloud.fleet.device("device-002");
	expect(statuses("device-002")).toEqual(["online"]);
	const spell = device.goOfflineFor(5_000);
	await cloud.queues.waitFor(() => statuses("device-002").length === 2);
	await cloud.clock.run(spell);
	expect(statuses("device-002")).toEqual(["online", "offline", "online"]);
});

test("events and properties reach the queue, numerals and all", async () => {
	const device = cloud.fleet.device("device-001");
	const { productKey } = cloud.seed;
	await device.postEvent("alarm", '{"reason":"smoke"}');
	const event = await cloud.queues.waitFor(({ topic }) =>
		topic.endsWith("/thing/event/alarm/post"),
	);
	expect(event.topic).toBe(`/${productKey}/device-001/thing/event/alarm/post`);
	expect(event.payload).toMatchObject({
		identifier: "alarm",
		name: "Alarm",
		type: "alert",
		deviceName: "device-001",
		value: { reason: "smoke" },
		time: cloud.clock.now(),
		gmtCreate: cloud.clock.now(),
	});
	await device.postProperties('{"power":1,"target":21.0,"nope":1}');
	const posted = await cloud.queues.waitFor(({ topic }) =>
		topic.endsWith("/thing/event/property/post"),
	);
	const now = cloud.clock.now();
	expect(posted.text).toContain(
		`"items":{"power":{"value":1,"time":${now}},"target":{"value":21.0,"time":${now}}}`,
	);
});

test("a message that cannot be forwarded is not acknowledged, and nothing else suffers", async () => {
	const identity = deviceAt(cloud.seed, 1);
	await cloud.fleet.device("device-002").goOffline();
	const client = mqtt.connect(cloud.iot.mqttUrl, {
		...mqttLogin(identity, cloud.fleet.device("device-002").clientId, 1),
		reconnectPeriod: 0,
	});
	await new Promise((resolve) => client.once("connect", resolve));
	cloud.queues.failing = true;
	const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
	let acknowledged = false;
	const topic = `/${identity.productKey}/${identity.deviceName}/user/update`;
	client.publish(topic, "x", { qos: 1 }, (error) => {
		acknowledged = !error;
	});
	await closed;
	cloud.queues.failing = false;
	expect(acknowledged).toBe(false);
	expect((await cloud.invoke("Get")).body.success).toBe(true);
	client.end(true);
	await cloud.fleet.device("device-002").goOnline();
});

test("whoever logs in as a simulated device owns it from then on", async () => {
	const device = cloud.fleet.device("device-003");
	const identity = deviceAt(cloud.seed, 2);
	const stranger = mqtt.connect(cloud.iot.mqttUrl, {
		...mqttLogin(identity, "stranger", 1),
		reconnectPeriod: 0,
	});
	await new Promise((resolve) => stranger.once("connect", resolve));
	expect(device.displaced).toBe(true);
	await cloud.clock.advance(60_000);
	expect(device.online).toBe(false);
	expect(stranger.connected).toBe(true);
	const topic = `/sys/${identity.productKey}/${identity.deviceName}/thing/service/#`;
	await stranger.subscribeAsync(topic, { qos: 1 });
	const message = new Promise<string>((resolve) => {
		stranger.once("message", (_topic, payload) => resolve(payload.toString()));
	});
	await cloud.invoke("Reboot", "{}", { device: 2 });
	expect(await message).toContain('"method":"thing.service.Reboot"');
	await stranger.endAsync();
	await device.goOnline(); // stays away even when told
	expect(device.online).toBe(false);
	await cloud.restart();
	expect(cloud.fleet.device("device-003").online).toBe(true);
});
