import {
	BatchAddDeviceGroupRelationsRequest,
	BatchAddDeviceGroupRelationsRequestDevice,
	BatchGetDeviceStateRequest,
	CreateDeviceGroupRequest,
	CreateProductRequest,
	CreateThingModelRequest,
	DeleteDeviceRequest,
	DisableThingRequest,
	EnableThingRequest,
	GetDeviceStatusRequest,
	GetThingModelTslRequest,
	ImportThingModelTslRequest,
	InvokeThingServiceRequest,
	InvokeThingsServiceRequest,
	PublishThingModelRequest,
	QueryDeviceByTagsRequest,
	QueryDeviceByTagsRequestTag,
	QueryDeviceDetailRequest,
	QueryDeviceListByDeviceGroupRequest,
	QueryDevicePropRequest,
	QueryDeviceRequest,
	QueryThingModelRequest,
	RegisterDeviceRequest,
	SaveDevicePropRequest,
	SetDevicePropertyRequest,
	SetDevicesPropertyRequest,
} from "@alicloud/iot20180120";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
	deviceAt,
	type IotClient,
	type IotCloud,
	startIotCloud,
} from "../support/iot/iot-cloud.ts";

let cloud: IotCloud;
let client: IotClient;
beforeAll(async () => {
	cloud = await startIotCloud({ devices: 3 });
	client = cloud.sdk();
});
beforeEach(() => cloud.clock.advance(1000)); // a fresh second of every quota
afterAll(() => cloud.close());

const identifiersOf = (list: unknown) =>
	(list as Array<{ identifier: string }>).map(({ identifier }) => identifier);

test("a product, its thing model and a device, from nothing", async () => {
	const created = await client.createProduct(
		new CreateProductRequest({ productName: "valve", nodeType: 0, dataFormat: 1 }),
	);
	const productKey = created.body.productKey ?? "";
	expect(productKey).toMatch(/^a1[A-Za-z0-9]{9}$/);
	expect(created.body.data).toMatchObject({ productKey, productName: "valve", nodeType: 0 });
	const again = await client.createProduct(
		new CreateProductRequest({ productName: "valve", nodeType: 0 }),
	);
	expect(again.body.code).toBe("iot.prod.AlreadyExistedProductName");

	const tslStr = JSON.stringify({
		properties: [],
		events: [],
		services: [{ identifier: "Open", callType: "sync", inputData: [], outputData: [] }],
	});
	const imported = await client.importThingModelTsl(
		new ImportThingModelTslRequest({ productKey, tslStr }),
	);
	expect(imported.body.success).toBe(true);
	const broken = await client.importThingModelTsl(
		new ImportThingModelTslRequest({ productKey, tslStr: '{"services":[{}]}' }),
	);
	expect(broken.body.success).toBe(false);

	const registered = await client.registerDevice(
		new RegisterDeviceRequest({ productKey, deviceName: "valve-1", nickname: "cellar" }),
	);
	expect(registered.body.data).toMatchObject({ productKey, deviceName: "valve-1" });
	expect(registered.body.data?.deviceSecret).toMatch(/^[0-9a-f]{32}$/);
	const twice = await client.registerDevice(
		new RegisterDeviceRequest({ productKey, deviceName: "valve-1" }),
	);
	expect(twice.body.code).toBe("iot.device.AlreadyExistedDeviceName");
	const bad = await client.registerDevice(
		new RegisterDeviceRequest({ productKey, deviceName: "no spaces" }),
	);
	expect(bad.body.code).toBe("iot.device.InvalidFormattedDeviceName");

	const iotId = registered.body.data?.iotId ?? "";
	const detail = await client.queryDeviceDetail(new QueryDeviceDetailRequest({ iotId }));
	expect(detail.body.data).toMatchObject({
		iotId,
		deviceName: "valve-1",
		nickname: "cellar",
		productName: "valve",
		status: "UNACTIVE",
		region: "cn-shanghai",
		nodeType: 0,
	});
	expect(detail.body.data?.gmtCreate).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
	expect(detail.body.data?.utcCreate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

	expect((await client.deleteDevice(new DeleteDeviceRequest({ iotId }))).body.success).toBe(true);
	const gone = await client.queryDeviceDetail(new QueryDeviceDetailRequest({ iotId }));
	expect(gone.body.code).toBe("iot.device.InvalidIoTId");
});

test("the thing model in both notations, whole and simple", async () => {
	const { productKey } = cloud.seed;
	const full = await client.getThingModelTsl(new GetThingModelTslRequest({ productKey }));
	const tsl = JSON.parse(full.body.data?.tslStr ?? "") as Record<string, unknown>;
	expect(tsl["profile"]).toEqual({ productKey });
	expect(identifiersOf(tsl["services"])).toEqual(["Set", "Get", "Reboot", "Calibrate"]);
	const simple = await client.getThingModelTsl(
		new GetThingModelTslRequest({ productKey, simple: true }),
	);
	expect(JSON.parse(simple.body.data?.tslStr ?? "").services[1]).toEqual({
		identifier: "Get",
		inputData: [],
		outputData: expect.any(Array),
	});
	const model = await client.queryThingModel(new QueryThingModelRequest({ productKey }));
	expect(model.body.productKey).toBe(productKey);
	const json = JSON.parse(model.body.data?.thingModelJson ?? "");
	expect(json.services[0]).toMatchObject({ identifier: "Set", callType: "ASYNC" });
	expect(json.services[0].inputParams[1]).toMatchObject({
		identifier: "temperature",
		dataType: "FLOAT",
		dataSpecs: { dataType: "FLOAT", min: "-50", max: "150" },
	});
	expect(json.services[0].inputParams[3].dataSpecsList).toEqual([
		{ dataType: "BOOL", name: "off", value: 0 },
		{ dataType: "BOOL", name: "on", value: 1 },
	]);
	expect(Object.keys(json)).toEqual(Object.keys(json).toSorted());
});

test("CreateThingModel adds to a model and is understood by what checks arguments", async () => {
	const productKey = cloud.iot.ensureProduct("pump", '{"services":[]}');
	cloud.iot.ensureDevice(productKey, "pump-1");
	const source = await client.queryThingModel(
		new QueryThingModelRequest({ productKey: cloud.seed.productKey }),
	);
	const created = await client.createThingModel(
		new CreateThingModelRequest({ productKey, thingModelJson: source.body.data?.thingModelJson }),
	);
	expect(created.body.success).toBe(true);
	await client.publishThingModel(new PublishThingModelRequest({ productKey }));
	const copy = await client.queryThingModel(new QueryThingModelRequest({ productKey }));
	const strip = (text: string | undefined, key: string) => (text ?? "").replaceAll(key, "");
	expect(strip(copy.body.data?.thingModelJson, productKey)).toBe(
		strip(source.body.data?.thingModelJson, cloud.seed.productKey),
	);
	const invoke = async (args: string) =>
		(
			await client.invokeThingService(
				new InvokeThingServiceRequest({
					productKey,
					deviceName: "pump-1",
					identifier: "Set",
					args,
				}),
			)
		).body.success;
	expect(await invoke('{"curve":[1.0],"position":{"floor":3}}')).toBe(true);
	expect(await invoke('{"curve":[1]}')).toBe(false);
});

test("a service of a custom module is called as module:service", async () => {
	const { productKey, deviceName } = deviceAt(cloud.seed, 0);
	await client.importThingModelTsl(
		new ImportThingModelTslRequest({
			productKey,
			functionBlockId: "motor",
			functionBlockName: "Motor",
			tslStr: '{"services":[{"identifier":"Spin","callType":"async","inputData":[]}]}',
		}),
	);
	const { body } = await cloud.invoke("motor:Spin");
	const received = await cloud.fleet.waitFor(({ id }) => id === body.data?.messageId);
	expect(received).toMatchObject({ deviceName, service: "motor:Spin" });
	const block = await client.getThingModelTsl(
		new GetThingModelTslRequest({ productKey, functionBlockId: "motor" }),
	);
	expect(block.body.data?.tslStr).toContain("Spin");
	expect((await cloud.invoke("Spin")).body.success).toBe(false);
});

test("states, one by one and up to 50 at once", async () => {
	const { productKey } = cloud.seed;
	const names = cloud.seed.devices.map(({ deviceName }) => deviceName);
	const states = await client.batchGetDeviceState(
		new BatchGetDeviceStateRequest({ productKey, deviceName: names }),
	);
	const list = states.body.deviceStatusList?.deviceStatus ?? [];
	expect(list.map(({ status }) => status)).toEqual(["ONLINE", "ONLINE", "ONLINE"]);
	expect(list[0]?.asAddress).toBe("127.0.0.1");
	const byId = await client.batchGetDeviceState(
		new BatchGetDeviceStateRequest({ iotId: [deviceAt(cloud.seed, 1).iotId] }),
	);
	expect(byId.body.deviceStatusList?.deviceStatus?.[0]?.deviceName).toBe(names[1]);
	const tooMany = await client.batchGetDeviceState(
		new BatchGetDeviceStateRequest({
			productKey,
			deviceName: Array.from({ length: 51 }, (_, n) => `d${n}`),
		}),
	);
	expect(tooMany.body.success).toBe(false);
});

test("a disabled device is cut off, refused, and back when enabled", async () => {
	const device = cloud.fleet.device("device-003");
	const { iotId } = deviceAt(cloud.seed, 2);
	const status = async () =>
		(await client.getDeviceStatus(new GetDeviceStatusRequest({ iotId }))).body.data?.status;
	await client.disableThing(new DisableThingRequest({ iotId }));
	expect(await status()).toBe("DISABLE");
	expect((await cloud.invoke("Get", "{}", { device: 2 })).body.success).toBe(false);
	await device.goOffline();
	await device.goOnline(); // refused
	expect(device.online).toBe(false);
	await client.enableThing(new EnableThingRequest({ iotId }));
	expect(await status()).toBe("OFFLINE");
	await device.goOffline();
	await device.goOnline();
	expect(await status()).toBe("ONLINE");
});

test("tags, and the devices that have them", async () => {
	const [first, second] = [deviceAt(cloud.seed, 0), deviceAt(cloud.seed, 1)];
	for (const [device, props] of [
		[first, { room: "cellar", floor: "-1" }],
		[second, { room: "cellar", floor: "2" }],
	] as const) {
		const { iotId } = device;
		await client.saveDeviceProp(new SaveDevicePropRequest({ iotId, props: JSON.stringify(props) }));
	}
	await client.saveDeviceProp(
		new SaveDevicePropRequest({ iotId: first.iotId, props: '{"floor":"0"}' }),
	);
	const stored = await client.queryDeviceProp(new QueryDevicePropRequest({ iotId: first.iotId }));
	expect(JSON.parse(stored.body.props ?? "")).toEqual({ room: "cellar", floor: "0" });
	const byTags = async (tags: Record<string, string>, page = {}) => {
		const tag = Object.entries(tags).map(
			([tagKey, tagValue]) => new QueryDeviceByTagsRequestTag({ tagKey, tagValue }),
		);
		const { body } = await client.queryDeviceByTags(new QueryDeviceByTagsRequest({ tag, ...page }));
		return [body.total, body.data?.simpleDeviceInfo?.map(({ deviceName }) => deviceName)];
	};
	expect(await byTags({ room: "cellar" })).toEqual([2, [first.deviceName, second.deviceName]]);
	expect(await byTags({ room: "cellar", floor: "2" })).toEqual([1, [second.deviceName]]);
	expect(await byTags({ room: "cellar" }, { pageSize: 1, currentPage: 2 })).toEqual([
		2,
		[second.deviceName],
	]);
	expect(await byTags({ room: "attic" })).toEqual([0, []]);
	const wrong = await client.saveDeviceProp(
		new SaveDevicePropRequest({ iotId: first.iotId, props: "{" }),
	);
	expect(wrong.body.code).toBe("iot.device.InvalidFormattedDevicePropertiesString");
});

test("groups", async () => {
	const created = await client.createDeviceGroup(
		new CreateDeviceGroupRequest({ groupName: "cellar", groupDesc: "below" }),
	);
	const groupId = created.body.data?.groupId ?? "";
	expect(created.body.data).toMatchObject({ groupName: "cellar", groupDesc: "below" });
	const device = cloud.seed.devices
		.slice(0, 2)
		.map(
			({ productKey, deviceName }) =>
				new BatchAddDeviceGroupRelationsRequestDevice({ productKey, deviceName }),
		);
	const add = () =>
		client.batchAddDeviceGroupRelations(
			new BatchAddDeviceGroupRelationsRequest({ groupId, device }),
		);
	expect((await add()).body).toMatchObject({ validDeviceCount: 2, successAddedDeviceCount: 2 });
	expect((await add()).body).toMatchObject({ alreadyRelatedGroupDeviceCount: 2 });
	const members = await client.queryDeviceListByDeviceGroup(
		new QueryDeviceListByDeviceGroupRequest({ groupId, pageSize: 10, currentPage: 1 }),
	);
	expect(members.body).toMatchObject({ total: 2, page: 1, pageCount: 1, pageSize: 10 });
	expect(members.body.data?.simpleDeviceInfo?.map(({ deviceName }) => deviceName)).toEqual([
		"device-001",
		"device-002",
	]);
	const none = await client.queryDeviceListByDeviceGroup(
		new QueryDeviceListByDeviceGroupRequest({ groupId: "none" }),
	);
	expect(none.body.success).toBe(false);
});

test("QueryDevice pages through a product's devices", async () => {
	const { productKey } = cloud.seed;
	const page = (currentPage: number) =>
		client.queryDevice(new QueryDeviceRequest({ productKey, pageSize: 2, currentPage }));
	const [first, second] = [await page(1), await page(2)];
	expect(first.body).toMatchObject({ total: 3, pageCount: 2, page: 1, pageSize: 2 });
	const names = [first, second].flatMap(({ body }) =>
		(body.data?.deviceInfo ?? []).map(({ deviceName }) => deviceName),
	);
	expect(names.toSorted()).toEqual(["device-001", "device-002", "device-003"]);
	expect(first.body.data?.deviceInfo?.[0]?.deviceSecret).toMatch(/^[0-9a-f]{32}$/);
	const tooLarge = await client.queryDevice(new QueryDeviceRequest({ productKey, pageSize: 51 }));
	expect(tooLarge.body.code).toBe("iot.common.InvalidPageParams");
});

test("SetDeviceProperty reaches the device as property/set and its answer reaches the queue", async () => {
	const { iotId, productKey, deviceName } = deviceAt(cloud.seed, 0);
	const set = async (items: string) =>
		(await client.setDeviceProperty(new SetDevicePropertyRequest({ iotId, items }))).body;
	const { data, success } = await set('{"power":1,"target":21.0}');
	expect(success).toBe(true);
	const received = await cloud.fleet.waitFor(({ id }) => id === data?.messageId);
	expect(received).toMatchObject({
		service: "property/set",
		params: '{"power":1,"target":21.0}',
	});
	const reply = await cloud.queues.waitFor(
		({ payload }) => payload["requestId"] === data?.messageId,
	);
	expect(reply.payload["topic"]).toBe(
		`/sys/${productKey}/${deviceName}/thing/service/property/set`,
	);
	expect((await set('{"signal":-5}')).success).toBe(false); // read only
	expect((await set('{"target":21}')).success).toBe(false);
	expect((await set('{"nope":1}')).success).toBe(false);
	expect((await set("[]")).code).toBe("iot.check.InvalidFormattedParameter");
});

test("calls on several devices: all of them or none, and no message ids", async () => {
	const { productKey } = cloud.seed;
	const names = cloud.seed.devices.map(({ deviceName }) => deviceName);
	const since = cloud.fleet.received.length;
	const many = async (identifier: string, deviceName: string[]) =>
		(
			await client.invokeThingsService(
				new InvokeThingsServiceRequest({ productKey, deviceName, identifier, args: "{}" }),
			)
		).body;
	const answer = await many("Reboot", names);
	expect(answer).toEqual({ success: true, requestId: expect.any(String) });
	for (const name of names) {
		await cloud.fleet.waitFor(
			(entry) => entry.deviceName === name && cloud.fleet.received.indexOf(entry) >= since,
		);
	}
	expect(cloud.fleet.received.slice(since).map(({ deviceName }) => deviceName)).toEqual(names);

	expect((await many("Reboot", [...names, "nope"])).code).toBe("iot.device.NotExistedDevice");
	expect((await many("Get", names)).success).toBe(false); // synchronous
	const hundredAndOne = Array.from({ length: 101 }, (_, n) => `d${n}`);
	expect((await many("Reboot", hundredAndOne)).success).toBe(false);

	const properties = await client.setDevicesProperty(
		new SetDevicesPropertyRequest({ productKey, deviceName: names, items: '{"power":0}' }),
	);
	expect(properties.body).toEqual({ success: true, requestId: expect.any(String) });
	await Promise.all(
		names.map((name) =>
			cloud.fleet.waitFor(
				(entry) =>
					entry.deviceName === name &&
					entry.service === "property/set" &&
					entry.params === '{"power":0}',
			),
		),
	);
	expect(
		cloud.fleet.received.slice(since).filter(({ service }) => service === "Reboot").length,
	).toBe(names.length);
});

test("all of it is there after a restart", async () => {
	const identities = () =>
		cloud.seed.devices.map(({ services: _services, ...identity }) => identity);
	const [before, known] = [cloud.seed, identities()];
	const { iotId } = deviceAt(before, 0);
	const { productKey } = before;
	const tslStr = '{"services":[{"identifier":"Only","callType":"sync","inputData":[]}]}';
	await client.importThingModelTsl(new ImportThingModelTslRequest({ productKey, tslStr }));
	await cloud.restart();
	client = cloud.sdk();
	expect(identities()).toEqual(known);
	const tags = await client.queryDeviceProp(new QueryDevicePropRequest({ iotId }));
	expect(JSON.parse(tags.body.props ?? "")).toEqual({ room: "cellar", floor: "0" });
	const products = await client.getThingModelTsl(
		new GetThingModelTslRequest({ productKey: before.productKey, functionBlockId: "motor" }),
	);
	expect(products.body.data?.tslStr).toContain("Spin");
	expect(deviceAt(cloud.seed, 0).services).toEqual([
		{ identifier: "Only", callType: "sync" },
		{ identifier: "motor:Spin", callType: "async" },
	]);
});
