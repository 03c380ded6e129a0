import { InvokeThingServiceRequest } from "@alicloud/iot20180120";
import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceAt, type IotCloud, startIotCloud, TEST_ACCOUNT } from "../support/iot/iot-cloud.ts";
import { signedRpc } from "../support/iot/raw-call.ts";

let cloud: IotCloud;
beforeAll(async () => {
	cloud = await startIotCloud();
});
afterAll(() => cloud.close());

const gatewayCode = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error: { code?: string }) => error.code,
	);

describe("an asynchronous service", () => {
	test("answers a MessageId and no Result; the device's reply carries that id", async () => {
		const { body } = await cloud.invoke("Set", '{"param1":1}');
		expect(body).toMatchObject({ success: true, data: { messageId: expect.any(String) } });
		expect(body.data?.result).toBeUndefined();
		expect(body.requestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
		const messageId = body.data?.messageId;
		expect(Number(messageId)).toBeLessThan(2 ** 32);

		const { productKey, deviceName, iotId } = deviceAt(cloud.seed, 0);
		const reply = await cloud.queues.waitFor(({ payload }) => payload["requestId"] === messageId);
		expect(reply.topic).toBe(`/${productKey}/${deviceName}/thing/downlink/reply/message`);
		expect(reply.messagetype).toBe("upload");
		expect(reply.payload).toEqual({
			gmtCreate: cloud.clock.now(),
			iotId,
			productKey,
			deviceName,
			requestId: messageId,
			code: 200,
			message: "success",
			topic: `/sys/${productKey}/${deviceName}/thing/service/Set`,
			data: {},
		});
	});

	test("reaches the device with its arguments byte for byte", async () => {
		const args =
			'{ "param1" : 9007199254740993,"temperature":10.0,"level":1.10,"name":"\\u00e9 \\" }",' +
			'"position":{"latitude":31.0,"floor":3},"steps":[1, 2],"curve":[1.0],"mode":2,"when":"1700000000000"}';
		const { body } = await cloud.invoke("Set", args);
		const received = await cloud.fleet.waitFor(({ id }) => id === body.data?.messageId);
		expect(received).toMatchObject({ service: "Set", callType: "async", params: args });
	});

	test("is addressed by IotId, which wins over ProductKey and DeviceName", async () => {
		const { body } = await cloud.sdk().invokeThingService(
			new InvokeThingServiceRequest({
				iotId: deviceAt(cloud.seed, 1).iotId,
				productKey: deviceAt(cloud.seed, 0).productKey,
				deviceName: deviceAt(cloud.seed, 0).deviceName,
				identifier: "Reboot",
				args: "{}",
			}),
		);
		const received = await cloud.fleet.waitFor(({ id }) => id === body.data?.messageId);
		expect(received.deviceName).toBe(deviceAt(cloud.seed, 1).deviceName);
	});

	test("of an offline device is accepted, and the queue says 9201", async () => {
		await cloud.fleet.device("device-002").goOffline();
		await cloud.queues.waitFor(({ payload }) => payload["status"] === "offline");
		const { body } = await cloud.invoke("Set", "{}", { device: 1 });
		expect(body.success).toBe(true);
		const failure = await cloud.queues.waitFor(
			({ payload }) => payload["requestId"] === body.data?.messageId,
		);
		expect(failure.payload).toMatchObject({ code: 9201, data: {} });
		await cloud.fleet.device("device-002").goOnline();
		expect(cloud.fleet.received.some(({ id }) => id === body.data?.messageId)).toBe(false);
	});

	test("with Qos 1 waits for an offline device, in order, and is delivered once", async () => {
		const device = cloud.fleet.device("device-002");
		const offlines = cloud.queues.messages.filter((m) => m.payload["status"] === "offline").length;
		await device.goOffline();
		await cloud.queues.waitFor(
			() =>
				cloud.queues.messages.filter((m) => m.payload["status"] === "offline").length > offlines,
		);
		const ids: Array<string | undefined> = [];
		for (const n of [1, 2, 3]) {
			const { body } = await cloud.invoke("Set", `{"param1":${n}}`, {
				device: 1,
				queries: { Qos: "1" },
			});
			ids.push(body.data?.messageId);
		}
		await device.goOnline();
		await cloud.fleet.waitFor(({ id }) => id === ids[2]);
		await device.goOffline();
		await device.goOnline();
		await cloud.invoke("Get", "{}", { device: 1 }); // whatever was sent again has arrived before this
		expect(cloud.fleet.received.map(({ id }) => id).filter((id) => ids.includes(id))).toEqual(ids);
	});
});

describe("a synchronous service", () => {
	test("answers the device's bytes as Result", async () => {
		const { body } = await cloud.invoke("Calibrate", '{"offset":1.50}');
		expect(body.success).toBe(true);
		expect(body.data?.result).toBe(
			`{"id":"${body.data?.messageId}","code":200,"data":{"offset":1.50},"message":"success","version":"1.0"}`,
		);
	});

	test("answers also when the device refuses: its code stands in Result", async () => {
		const device = cloud.fleet.device("device-001");
		const usual = device.behaviour;
		device.behaviour = () => ({ code: 460, message: "bad", data: '{"why":1.0}' });
		const { body } = await cloud.invoke("Get");
		device.behaviour = usual;
		expect(body.success).toBe(true);
		expect(body.data?.result).toContain('"code":460,"data":{"why":1.0}');
	});

	test("waits 5 seconds, then answers a timeout", async () => {
		const device = cloud.fleet.device("device-001");
		const usual = device.behaviour;
		device.behaviour = () => "silent";
		const seen = cloud.fleet.received.length;
		let settled = false;
		const call = cloud.invoke("Get").finally(() => {
			settled = true;
		});
		await cloud.fleet.waitFor((entry) => cloud.fleet.received.indexOf(entry) >= seen);
		device.behaviour = usual;
		await cloud.clock.advance(4_999);
		expect(settled).toBe(false);
		await cloud.clock.advance(1);
		const { body } = await call;
		expect(body).toMatchObject({ success: false, code: "iot.messagebroker.TIMEOUT" });
		expect(body.data?.result).toBeUndefined();
	});

	test("of an offline device answers OFFLINE, of one that never connected InactiveDevice", async () => {
		await cloud.fleet.device("device-002").goOffline();
		const { iotId } = deviceAt(cloud.seed, 1);
		await cloud.queues.waitFor(
			(message) =>
				message.payload["iotId"] === iotId &&
				message === cloud.queues.messages.findLast((m) => m.payload["status"] !== undefined) &&
				message.payload["status"] === "offline",
		);
		const offline = await cloud.invoke("Get", "{}", { device: 1 });
		expect(offline.body).toMatchObject({ success: false, code: "iot.messagebroker.OFFLINE" });
		await cloud.fleet.device("device-002").goOnline();

		const { productKey } = cloud.seed;
		cloud.iot.ensureDevice(productKey, "never-seen");
		const call = (identifier: string) =>
			cloud.sdk().invokeThingService(
				new InvokeThingServiceRequest({
					productKey,
					deviceName: "never-seen",
					identifier,
					args: "{}",
				}),
			);
		expect((await call("Get")).body.code).toBe("iot.device.InactiveDevice");
		const accepted = await call("Set");
		const failure = await cloud.queues.waitFor(
			({ payload }) => payload["requestId"] === accepted.body.data?.messageId,
		);
		expect(failure.payload["code"]).toBe(9200);
	});
});

describe("arguments are checked against the thing model", () => {
	test.each([
		["not JSON", "{", "iot.check.InvalidFormattedParameter"],
		["not an object", "[1]", "iot.check.InvalidFormattedParameter"],
		["an unknown input", '{"nope":1}', "iot.common.InvalidFormattedParameter"],
		["float without a decimal point", '{"temperature":10}', "iot.common.InvalidFormattedParameter"],
		["double without one", '{"level":5}', "iot.common.InvalidFormattedParameter"],
		["int with one", '{"param1":1.0}', "iot.common.InvalidFormattedParameter"],
		["text for a number", '{"param1":"1"}', "iot.common.InvalidFormattedParameter"],
		["out of range", '{"level":100.5}', "iot.common.InvalidFormattedParameter"],
		["true for a bool", '{"power":true}', "iot.common.InvalidFormattedParameter"],
		["outside the enum", '{"mode":3}', "iot.common.InvalidFormattedParameter"],
		["too long a text", `{"big":"${"x".repeat(65)}"}`, "iot.common.InvalidFormattedParameter"],
		["a bad date", '{"when":"yesterday"}', "iot.common.InvalidFormattedParameter"],
		["a bad struct member", '{"position":{"floor":1.5}}', "iot.common.InvalidFormattedParameter"],
		["an unknown struct member", '{"position":{"x":1}}', "iot.common.InvalidFormattedParameter"],
		["a bad element", '{"steps":[1,"2"]}', "iot.common.InvalidFormattedParameter"],
		["null", '{"param1":null}', "iot.common.InvalidFormattedParameter"],
	])("%s", async (_what, args, code) => {
		const before = cloud.fleet.received.length;
		const { body } = await cloud.invoke("Set", args);
		expect(body).toMatchObject({ success: false, code, errorMessage: expect.any(String) });
		expect(cloud.fleet.received.length).toBe(before);
	});

	test("an input that is not marked optional is required", async () => {
		const productKey = cloud.iot.ensureProduct(
			"strict",
			JSON.stringify({
				services: [
					{
						identifier: "Move",
						callType: "async",
						inputData: [
							{ identifier: "to", dataType: { type: "int", specs: { max: "9007199254740993" } } },
						],
						outputData: [],
					},
				],
			}),
		);
		cloud.iot.ensureDevice(productKey, "mover");
		const move = (args: string) =>
			cloud.sdk().invokeThingService(
				new InvokeThingServiceRequest({
					productKey,
					deviceName: "mover",
					identifier: "Move",
					args,
				}),
			);
		expect((await move("{}")).body).toMatchObject({
			success: false,
			code: "iot.common.InvalidFormattedParameter",
			errorMessage: expect.stringContaining("to"),
		});
		expect((await move('{"to":9007199254740993}')).body.success).toBe(true);
		expect((await move('{"to":9007199254740994}')).body.success).toBe(false);
	});

	test("every service of the sample product takes {} and its device answers 200", async () => {
		for (const { identifier, callType } of deviceAt(cloud.seed, 0).services) {
			const { body } = await cloud.invoke(identifier, "{}");
			const code =
				callType === "sync"
					? (JSON.parse(body.data?.result ?? "{}") as { code?: number }).code
					: (
							await cloud.queues.waitFor(
								({ payload }) => payload["requestId"] === body.data?.messageId,
							)
						).payload["code"];
			expect([identifier, code]).toEqual([identifier, 200]);
		}
	});
});

describe("what names nothing", () => {
	const call = async (request: Record<string, string>) => {
		const { body } = await cloud
			.sdk()
			.invokeThingService(
				new InvokeThingServiceRequest({ identifier: "Set", args: "{}", ...request }),
			);
		return body.code;
	};
	test("is refused with the documented code", async () => {
		const { productKey } = cloud.seed;
		expect(await call({})).toBe("iot.prod.NullProductKey");
		expect(await call({ productKey })).toBe("iot.device.NullDeviceName");
		expect(await call({ productKey: "a1nope", deviceName: "x" })).toBe(
			"iot.prod.NotExistedProduct",
		);
		expect(await call({ productKey, deviceName: "nope" })).toBe("iot.device.NotExistedDevice");
		expect(await call({ iotId: "nope" })).toBe("iot.device.InvalidIoTId");
		expect((await cloud.invoke("Nope")).body.code).toBe("iot.check.InvalidFormattedParameter");
	});

	test("a missing Args or Identifier is the gateway's error", async () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		const request = (more: Record<string, string>) =>
			cloud
				.sdk()
				.invokeThingService(new InvokeThingServiceRequest({ productKey, deviceName, ...more }));
		expect(await gatewayCode(request({ identifier: "Set" }))).toBe("MissingArgs");
		expect(await gatewayCode(request({ args: "{}" }))).toBe("MissingIdentifier");
	});
});

describe("Format", () => {
	const xml = async (params: Record<string, string>) => {
		const query = signedRpc("InvokeThingService", params, TEST_ACCOUNT.credentials);
		const response = await fetch(`${cloud.iot.url}/?${query}`);
		const text = await response.text();
		return { response, text, parsed: new XMLParser({ parseTagValue: false }).parse(text) };
	};
	const target = () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		return { ProductKey: productKey, DeviceName: deviceName, Args: "{}" };
	};

	test("XML, the default of the RPC style", async () => {
		const { response, text, parsed } = await xml({ ...target(), Identifier: "Get" });
		expect(response.headers.get("content-type")).toContain("text/xml");
		expect(
			text.startsWith("<?xml version='1.0' encoding='UTF-8'?><InvokeThingServiceResponse>"),
		).toBe(true);
		expect(parsed.InvokeThingServiceResponse.Success).toBe("true");
		expect(JSON.parse(parsed.InvokeThingServiceResponse.Data.Result)).toMatchObject({ code: 200 });
	});

	test("XML of a refusal and of the gateway's error", async () => {
		const refused = await xml({ ...target(), Identifier: "Nope", Format: "XML" });
		expect(refused.parsed.InvokeThingServiceResponse).toMatchObject({
			Success: "false",
			Code: "iot.check.InvalidFormattedParameter",
		});
		const failed = await xml(target());
		expect(failed.response.status).toBe(400);
		expect(Object.keys(failed.parsed.Error)).toEqual([
			"RequestId",
			"HostId",
			"Code",
			"Message",
			"Recommend",
		]);
		expect(failed.parsed.Error.Code).toBe("MissingIdentifier");
	});

	test("JSON when asked for", async () => {
		const query = signedRpc(
			"InvokeThingService",
			{ ...target(), Identifier: "Set", Format: "JSON" },
			TEST_ACCOUNT.credentials,
		);
		const answer = (await (await fetch(`${cloud.iot.url}/?${query}`)).json()) as {
			Success: boolean;
			Data: Record<string, string>;
		};
		expect(answer.Success).toBe(true);
		expect(Object.keys(answer.Data)).toEqual(["MessageId"]);
	});
});

test("an account of the public instance names none", async () => {
	const { body } = await cloud.invoke("Set", "{}", { queries: { IotInstanceId: "other" } });
	expect(body.code).toBe("iot.Sre.IotInstanceNotFound");
});

test("an account with an instance has to name it", async () => {
	const own = await startIotCloud({ instanceId: "iot-instance", devices: 1 });
	const call = async (queries: Record<string, string>) =>
		(await own.invoke("Set", "{}", { queries })).body;
	try {
		expect((await call({})).code).toBe("iot.system.InstanceNotFound");
		expect((await call({ IotInstanceId: "other" })).code).toBe("iot.Sre.IotInstanceNotFound");
		expect((await call({ IotInstanceId: "iot-instance" })).success).toBe(true);
	} finally {
		await own.close();
	}
});
