import {
	BatchAddDeviceGroupRelationsRequest,
	BatchAddDeviceGroupRelationsRequestDevice,
	CreateDeviceGroupRequest,
	SaveDevicePropRequest,
} from "@alicloud/iot20180120";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	deviceAt,
	type IotCloud,
	startIotCloud,
	TEST_ACCOUNT,
} from "../../local/test/support/iot/iot-cloud.ts";
import { systemClock } from "../../shared/clock.ts";
import { SdkLists } from "../../shared/iot/sdk-lists.ts";
import { openPlatform } from "../../shared/iot/sdk-platform.ts";

const DEVICES = 60;
const FIRST = { page: 1 };

/** The lists' adapter and the vendor's SDK below it, against the local IoT Platform. */
let cloud: IotCloud;
let lists: SdkLists;
beforeAll(async () => {
	cloud = await startIotCloud({ devices: DEVICES });
	lists = new SdkLists(
		openPlatform(
			{ IOT_ENDPOINT: cloud.iot.url, FC_REGION: "cn-shanghai", SYNC_TIMEOUT_SECONDS: 5 },
			{ credentials: () => TEST_ACCOUNT.credentials, clock: systemClock },
		),
	);
});
afterAll(() => cloud.close());

test("products, and their devices page by page, without a secret", async () => {
	const { productKey } = deviceAt(cloud.seed, 0);
	expect(await lists.products(FIRST)).toMatchObject({
		items: [{ productKey, devices: DEVICES }],
		total: 1,
	});
	const first = await lists.devices(productKey, FIRST);
	expect(first.total).toBe(DEVICES);
	if (!first.next) throw new Error("there is another page");
	const second = await lists.devices(productKey, first.next);
	expect(second.next).toBeUndefined();
	const all = [...first.items, ...second.items];
	expect(new Set(all.map(({ deviceName }) => deviceName)).size).toBe(DEVICES);
	expect(all[0]).toEqual({
		productKey,
		deviceName: expect.any(String),
		iotId: expect.any(String),
		status: expect.stringMatching(/LINE|UNACTIVE/),
	});
	expect(JSON.stringify(all)).not.toContain(deviceAt(cloud.seed, 0).deviceSecret);
});

test("tags and groups", async () => {
	const { productKey, deviceName, iotId } = deviceAt(cloud.seed, 0);
	const sdk = cloud.sdk();
	await sdk.saveDeviceProp(new SaveDevicePropRequest({ iotId, props: '{"floor":"3"}' }));
	expect(await lists.tags({ productKey, deviceName })).toEqual({ floor: "3" });
	const named = deviceAt(cloud.seed, 1);
	expect(await lists.tags({ productKey, deviceName: named.deviceName })).toEqual({});
	const created = await sdk.createDeviceGroup(
		new CreateDeviceGroupRequest({ groupName: "cellar" }),
	);
	const groupId = created.body.data?.groupId ?? "";
	expect((await lists.groups(FIRST)).items).toEqual([groupId]);
	const device = [new BatchAddDeviceGroupRelationsRequestDevice({ productKey, deviceName })];
	await sdk.batchAddDeviceGroupRelations(
		new BatchAddDeviceGroupRelationsRequest({ groupId, device }),
	);
	expect((await lists.devicesOfGroup(groupId, FIRST)).items).toEqual([{ productKey, deviceName }]);
	await expect(lists.tags({ productKey, deviceName: "nobody" })).rejects.toThrow("NotExisted");
});
