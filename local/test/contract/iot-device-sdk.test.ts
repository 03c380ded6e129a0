import { createRequire } from "node:module";
import { GetDeviceStatusRequest, QueryDevicePropRequest } from "@alicloud/iot20180120";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deviceAt, type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

/** What is used of npm `alibabacloud-iot-device-sdk` 1.2.8, which has no types. */
interface SdkDevice {
	on(event: "connect", listener: () => void): void;
	subscribe(topic: string, done: () => void): void;
	onProps(listener: (message: { id: string; params: unknown }) => void): void;
	onService(
		name: string,
		listener: (
			message: { id: string; params: unknown },
			reply: (answer: Record<string, unknown>, type?: "sync" | "async") => void,
		) => void,
	): void;
	postProps(props: unknown, done: (answer: { code: number; data: unknown }) => void): void;
	postEvent(name: string, params: unknown, done: (answer: { code: number }) => void): void;
	postTags(tags: unknown, done: (answer: { code: number }) => void): void;
	publish(topic: string, payload: string): void;
	end(force: boolean): void;
}

const iotDeviceSdk = createRequire(import.meta.url)("alibabacloud-iot-device-sdk") as {
	device(config: Record<string, unknown>): SdkDevice;
};

let cloud: IotCloud;
let device: SdkDevice;
beforeAll(async () => {
	cloud = await startIotCloud({ online: false, devices: 1 });
	const { productKey, deviceName, deviceSecret } = deviceAt(cloud.seed, 0);
	device = iotDeviceSdk.device({
		productKey,
		deviceName,
		deviceSecret,
		brokerUrl: cloud.iot.mqttUrl,
	});
	await new Promise<void>((resolve) => device.on("connect", resolve));
	// The SDK subscribes to the first service only; the rest is by hand.
	await new Promise<void>((resolve) =>
		device.subscribe(`/sys/${productKey}/${deviceName}/thing/service/#`, resolve),
	);
});
afterAll(async () => {
	device.end(true);
	await cloud.close();
});

test("logs in", async () => {
	const { iotId } = deviceAt(cloud.seed, 0);
	const { body } = await cloud.sdk().getDeviceStatus(new GetDeviceStatusRequest({ iotId }));
	expect(body.data?.status).toBe("ONLINE");
});

test("answers an asynchronous and a synchronous service", async () => {
	device.onService("Set", ({ id, params }, reply) =>
		reply({ id, code: 200, data: { got: params } }),
	);
	device.onService("Get", ({ id }, reply) =>
		reply({ id, code: 200, data: { temperature: 20.5 } }, "sync"),
	);
	const set = await cloud.invoke("Set", '{"param1":7}');
	const reply = await cloud.queues.waitFor(
		({ payload }) => payload["requestId"] === set.body.data?.messageId,
	);
	expect(reply.payload).toMatchObject({ code: 200, data: { got: { param1: 7 } } });
	const get = await cloud.invoke("Get");
	expect(JSON.parse(get.body.data?.result ?? "")).toMatchObject({
		code: 200,
		data: { temperature: 20.5 },
	});
});

test("posts properties and is told which of them the thing model refuses", async () => {
	const answer = await new Promise<{ code: number; data: unknown }>((resolve) =>
		device.postProps({ power: 1, signal: -50, nope: 2, target: 1000.5 }, resolve),
	);
	expect(answer).toMatchObject({
		code: 200,
		data: { nope: "tsl parse: params not exist", target: expect.stringContaining("range") },
	});
	const message = await cloud.queues.waitFor(({ topic }) => topic.endsWith("/property/post"));
	expect(message.payload["items"]).toMatchObject({ power: { value: 1 }, signal: { value: -50 } });
	expect(Object.keys(message.payload["items"] as object)).toEqual(["power", "signal"]);
});

test("posts an event", async () => {
	const answer = await new Promise<{ code: number }>((resolve) =>
		device.postEvent("alarm", { reason: "heat" }, resolve),
	);
	expect(answer.code).toBe(200);
	const message = await cloud.queues.waitFor(({ topic }) => topic.endsWith("/event/alarm/post"));
	expect(message.payload).toMatchObject({ identifier: "alarm", value: { reason: "heat" } });
	const refused = await new Promise<{ code: number }>((resolve) =>
		device.postEvent("unheard", {}, resolve),
	);
	expect(refused.code).toBe(460);
});

test("posts tags", async () => {
	const answer = await new Promise<{ code: number }>((resolve) =>
		device.postTags([{ attrKey: "room", attrValue: "attic" }], resolve),
	);
	expect(answer.code).toBe(200);
	const { iotId } = deviceAt(cloud.seed, 0);
	const { body } = await cloud.sdk().queryDeviceProp(new QueryDevicePropRequest({ iotId }));
	expect(JSON.parse(body.props ?? "")).toEqual({ room: "attic" });
});
