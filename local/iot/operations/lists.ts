import { PlatformError } from "../errors.ts";
import { deviceNamed, type Platform, productOf, require } from "../platform.ts";
import type { Device } from "../registry.ts";
import { utcTime } from "../times.ts";
import type { Json, JsonObject, Operation } from "./operation.ts";
import { pageOf } from "./pages.ts";

const MAX_PAGE_SIZE = 50;
/** QueryDeviceGroupList: "PageSize: 1 to 200". */
const MAX_GROUPS = 200;
/** QueryDeviceByTags: "up to 10 tags". */
const MAX_TAGS_QUERIED = 10;
/** BatchAddDeviceGroupRelations: "up to 200 devices". */
const MAX_RELATIONS = 200;

export const queryDevice: Operation = {
	required: ["ProductKey"],
	perSecond: 50,
	run({ platform, params }) {
		const { productKey } = productOf(platform, params);
		const devices = [...platform.registry.devices()]
			.filter((device) => device.productKey === productKey)
			.toSorted((a, b) => b.createdAt - a.createdAt || order(a, b));
		return paged(params, devices, "DeviceInfo", (device) => ({
			IotId: device.iotId,
			DeviceId: device.iotId,
			ProductKey: device.productKey,
			DeviceName: device.deviceName,
			DeviceSecret: device.deviceSecret,
			Nickname: device.nickname,
			DeviceStatus: platform.registry.statusOf(device),
			DeviceType: "null",
			GmtCreate: gmt(device.createdAt),
			GmtModified: gmt(device.statusAt),
			UtcCreate: utcTime(device.createdAt),
			UtcModified: utcTime(device.statusAt),
		}));
	},
};

/** Devices that have every one of the given tags. */
export const queryDeviceByTags: Operation = {
	required: [],
	perSecond: 5,
	run({ platform, params }) {
		const wanted: Array<[string, string | undefined]> = [];
		for (let index = 1; params.has(`Tag.${index}.TagKey`); index++) {
			wanted.push([params.get(`Tag.${index}.TagKey`) ?? "", params.get(`Tag.${index}.TagValue`)]);
		}
		if (wanted.length === 0 || wanted.length > MAX_TAGS_QUERIED) {
			throw new PlatformError(
				"iot.common.InvalidFormattedParameter",
				`Between 1 and ${MAX_TAGS_QUERIED} tags are expected.`,
			);
		}
		const devices = [...platform.registry.devices()]
			.filter((device) =>
				wanted.every(([key, value]) =>
					value === undefined ? device.tags.has(key) : device.tags.get(key) === value,
				),
			)
			.toSorted(order);
		return paged(params, devices, "SimpleDeviceInfo", (device) => simple(platform, device));
	},
};

export const queryDeviceListByDeviceGroup: Operation = {
	required: ["GroupId"],
	perSecond: 5,
	run({ platform, params }) {
		const devices = platform.groups.members(require(params, "GroupId")).toSorted(order);
		return paged(params, devices, "SimpleDeviceInfo", (device) => simple(platform, device));
	},
};

export const queryDeviceGroupList: Operation = {
	required: [],
	perSecond: 5,
	run({ platform, params }) {
		const { page, size } = pageOf(params, MAX_GROUPS);
		const groups = platform.groups.all();
		const shown: Json = groups.slice((page - 1) * size, page * size).map((group) => ({
			GroupId: group.groupId,
			GroupName: group.name,
			GroupDesc: group.description,
			GroupType: "LINK_PLATFORM",
			UtcCreate: utcTime(group.createdAt),
		}));
		return {
			Data: { GroupInfo: shown },
			Total: groups.length,
			PageSize: size,
			PageCount: Math.ceil(groups.length / size),
			CurrentPage: page,
		};
	},
};

export const createDeviceGroup: Operation = {
	required: ["GroupName"],
	perSecond: 500,
	run({ platform, params }) {
		const group = platform.groups.create(
			require(params, "GroupName"),
			params.get("GroupDesc") ?? "",
		);
		return {
			Data: {
				GroupId: group.groupId,
				GroupName: group.name,
				GroupDesc: group.description,
				UtcCreate: utcTime(group.createdAt),
			},
		};
	},
};

export const batchAddDeviceGroupRelations: Operation = {
	required: ["GroupId"],
	perSecond: 500,
	run({ platform, params }) {
		const devices: Device[] = [];
		for (let index = 1; params.has(`Device.${index}.ProductKey`); index++) {
			devices.push(
				deviceNamed(
					platform,
					params.get(`Device.${index}.ProductKey`) ?? "",
					params.get(`Device.${index}.DeviceName`) ?? "",
				),
			);
		}
		if (devices.length === 0 || devices.length > MAX_RELATIONS) {
			throw new PlatformError(
				"iot.common.InvalidFormattedParameter",
				`Between 1 and ${MAX_RELATIONS} devices are expected.`,
			);
		}
		const result = platform.groups.add(require(params, "GroupId"), devices);
		return {
			ValidDeviceCount: devices.length,
			SuccessAddedDeviceCount: result.added,
			AlreadyRelatedGroupDeviceCount: result.already,
			ExceedTenGroupDeviceCount: result.exceeding,
		};
	},
};

function paged(
	params: ReadonlyMap<string, string>,
	devices: readonly Device[],
	element: string,
	show: (device: Device) => JsonObject,
): JsonObject {
	const { page, size } = pageOf(params, MAX_PAGE_SIZE);
	const shown: Json = devices.slice((page - 1) * size, page * size).map(show);
	return {
		Data: { [element]: shown },
		Total: devices.length,
		PageSize: size,
		PageCount: Math.ceil(devices.length / size),
		Page: page,
	};
}

function simple(platform: Platform, device: Device): JsonObject {
	return {
		IotId: device.iotId,
		ProductKey: device.productKey,
		ProductName: platform.registry.product(device.productKey)?.productName,
		DeviceName: device.deviceName,
	};
}

function order(a: Device, b: Device): number {
	return a.deviceName < b.deviceName ? -1 : a.deviceName > b.deviceName ? 1 : 0;
}

/** `Thu, 17-May-2018 11:40:17 GMT`, as QueryDevice writes its Gmt times. */
function gmt(ms: number): string {
	const [day, date, month, year, time] = new Date(ms).toUTCString().split(" ");
	return `${day} ${date}-${month}-${year} ${time} GMT`;
}
