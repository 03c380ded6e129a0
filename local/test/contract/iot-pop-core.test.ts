import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceAt, type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

/** Every operation of the platform through npm `@alicloud/pop-core`: RPC style, HMAC-SHA1. */

let cloud: IotCloud;
let call: (action: string, params: Record<string, unknown>) => Promise<Record<string, unknown>>;

beforeAll(async () => {
	cloud = await startIotCloud({ devices: 2 });
	const client = cloud.pop();
	call = async (action, params) => {
		const answer = await client.request(action, params, { method: "POST" });
		expect(answer, action).toMatchObject({ Success: true, RequestId: expect.any(String) });
		return answer;
	};
});
beforeEach(() => cloud.clock.advance(1_000)); // a fresh second of every quota
afterAll(() => cloud.close());

test("a product is created with its thing model, and shown", async () => {
	const created = await call("CreateProduct", { ProductName: "lamp", NodeType: 0 });
	const { ProductKey } = created as { ProductKey: string };
	const TslStr = JSON.stringify({
		services: [{ identifier: "Blink", callType: "async", inputData: [], outputData: [] }],
	});
	await call("ImportThingModelTsl", { ProductKey, TslStr });
	await call("PublishThingModel", { ProductKey });
	for (const action of ["GetThingModelTsl", "GetThingModelTslPublished"]) {
		const { Data } = (await call(action, { ProductKey })) as { Data: { TslStr: string } };
		expect(JSON.parse(Data.TslStr)).toMatchObject({ services: [{ identifier: "Blink" }] });
	}
	let ThingModelJson = "";
	for (const action of ["QueryThingModel", "QueryThingModelPublished"]) {
		const { Data } = (await call(action, { ProductKey })) as { Data: { ThingModelJson: string } };
		expect(JSON.parse(Data.ThingModelJson)).toMatchObject({ services: [{ identifier: "Blink" }] });
		ThingModelJson = Data.ThingModelJson;
	}
	const copy = (await call("CreateProduct", { ProductName: "lamp copy", NodeType: 0 })) as {
		ProductKey: string;
	};
	await call("CreateThingModel", { ProductKey: copy.ProductKey, ThingModelJson });
	await call("RegisterDevice", { ProductKey, DeviceName: "lamp-1" });
	expect(await call("QueryProduct", { ProductKey })).toMatchObject({
		Data: { ProductKey, ProductName: "lamp", NodeType: 0, DeviceCount: 1 },
	});
});

test("a device is registered, tagged, found, grouped, disabled, enabled and deleted", async () => {
	const { productKey: ProductKey } = cloud.seed;
	const named = { ProductKey, DeviceName: "by-pop-core" };
	const { Data } = (await call("RegisterDevice", named)) as { Data: { IotId: string } };
	const { IotId } = Data;
	expect(await call("QueryDeviceDetail", { IotId })).toMatchObject({
		Data: { ...named, Status: "UNACTIVE" },
	});
	await call("DisableThing", named);
	expect(await call("GetDeviceStatus", named)).toMatchObject({ Data: { Status: "DISABLE" } });
	await call("EnableThing", named);
	const { deviceName } = deviceAt(cloud.seed, 0);
	expect(
		await call("BatchGetDeviceState", {
			ProductKey,
			"DeviceName.1": named.DeviceName,
			"DeviceName.2": deviceName,
		}),
	).toMatchObject({
		DeviceStatusList: { DeviceStatus: [{ Status: "UNACTIVE" }, { Status: "ONLINE" }] },
	});

	await call("SaveDeviceProp", { ...named, Props: '{"room":"attic","floor":"3"}' });
	await call("DeleteDeviceProp", { ...named, PropKey: "floor" });
	expect(await call("QueryDeviceProp", named)).toMatchObject({ Props: '{"room":"attic"}' });
	expect(
		await call("QueryDeviceByTags", { "Tag.1.TagKey": "room", "Tag.1.TagValue": "attic" }),
	).toMatchObject({ Data: { SimpleDeviceInfo: [{ IotId }] } });
	expect(await call("QueryDevice", { ProductKey })).toMatchObject({ Total: 3 });

	const group = (await call("CreateDeviceGroup", { GroupName: "attic" })) as {
		Data: { GroupId: string };
	};
	const { GroupId } = group.Data;
	await call("BatchAddDeviceGroupRelations", {
		GroupId,
		"Device.1.ProductKey": ProductKey,
		"Device.1.DeviceName": named.DeviceName,
	});
	expect(await call("QueryDeviceListByDeviceGroup", { GroupId })).toMatchObject({
		Data: { SimpleDeviceInfo: [named] },
	});
	await call("DeleteDevice", { IotId });
	await expect(cloud.pop().request("QueryDeviceDetail", { IotId })).rejects.toMatchObject({
		code: "iot.device.InvalidIoTId",
	});
});

test("services are invoked and properties set, on one device and on several", async () => {
	const { productKey: ProductKey } = cloud.seed;
	const [first, second] = [0, 1].map((index) => deviceAt(cloud.seed, index).deviceName);
	const one = { ProductKey, DeviceName: first };
	const both = { ProductKey, "DeviceName.1": first, "DeviceName.2": second };
	const answer = await call("InvokeThingService", { ...one, Identifier: "Get", Args: "{}" });
	expect(answer).toMatchObject({
		Data: { MessageId: expect.any(String), Result: expect.stringContaining("temperature") },
	});
	await call("InvokeThingsService", { ...both, Identifier: "Reboot", Args: "{}" });
	await call("SetDeviceProperty", { ...one, Items: '{"power":1}' });
	await call("SetDevicesProperty", { ...both, Items: '{"power":0}' });
	const count = (service: string) => (entry: { service: string; deviceName: string }) =>
		entry.service === service;
	await cloud.fleet.waitFor(
		({ service, params, deviceName }) =>
			service === "property/set" && params === '{"power":0}' && deviceName === second,
	);
	expect(cloud.fleet.received.filter(count("Reboot"))).toHaveLength(2);
});
