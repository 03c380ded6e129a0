import { PlatformError } from "../errors.ts";
import { repeated } from "../http/request.ts";
import { deviceNamed, deviceOf, productOf, require } from "../platform.ts";
import { isRecord } from "../thing-model/tsl.ts";
import { localSeconds, localTime, utcTime } from "../times.ts";
import type { Operation } from "./operation.ts";

/** BatchGetDeviceState: "up to 50 devices". */
const MAX_STATES = 50;
/** "A device has up to 100 tags" (help.aliyun.com/document_detail/30527.html). */
const MAX_TAGS = 100;
const TAG_KEY = /^[A-Za-z0-9._-]{2,30}$/;
const TAG_VALUE_MAX_CHARS = 128;

export const registerDevice: Operation = {
	required: ["ProductKey"],
	perSecond: 500,
	run({ platform, params }) {
		const device = platform.registry.registerDevice(
			productOf(platform, params).productKey,
			params.get("DeviceName"),
			params.get("Nickname"),
		);
		const { productKey, deviceName, deviceSecret, iotId, nickname } = device;
		return {
			Data: {
				DeviceName: deviceName,
				DeviceSecret: deviceSecret,
				IotId: iotId,
				ProductKey: productKey,
				Nickname: nickname || undefined,
			},
		};
	},
};

export const deleteDevice: Operation = {
	required: [],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		platform.broker.forget(device);
		platform.registry.deleteDevice(device);
		return {};
	},
};

export const disableThing: Operation = {
	required: [],
	perSecond: 100,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		device.enabled = false;
		platform.registry.save(device);
		platform.broker.disconnect(device);
		return {};
	},
};

export const enableThing: Operation = {
	required: [],
	perSecond: 100,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		device.enabled = true;
		platform.registry.save(device);
		return {};
	},
};

export const queryDeviceDetail: Operation = {
	required: [],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		const product = platform.registry.product(device.productKey);
		const at = (ms: number | undefined) => (ms === undefined ? "" : localSeconds(ms));
		const utc = (ms: number | undefined) => (ms === undefined ? "" : utcTime(ms));
		return {
			Data: {
				IotId: device.iotId,
				ProductKey: device.productKey,
				ProductName: product?.productName,
				DeviceName: device.deviceName,
				DeviceSecret: device.deviceSecret,
				Nickname: device.nickname,
				Status: platform.registry.statusOf(device),
				NodeType: product?.nodeType,
				Owner: true,
				Region: platform.account.region,
				IpAddress: device.clientIp,
				FirmwareVersion: "",
				GmtCreate: at(device.createdAt),
				GmtActive: at(device.activeAt),
				GmtOnline: at(device.onlineAt),
				UtcCreate: utc(device.createdAt),
				UtcActive: utc(device.activeAt),
				UtcOnline: utc(device.onlineAt),
			},
		};
	},
};

export const getDeviceStatus: Operation = {
	required: [],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		return {
			Data: { Status: platform.registry.statusOf(device), Timestamp: device.statusAt },
		};
	},
};

export const batchGetDeviceState: Operation = {
	required: [],
	perSecond: 50,
	run({ platform, params }) {
		const iotIds = repeated(params, "IotId");
		const names = repeated(params, "DeviceName");
		if (Math.max(iotIds.length, names.length) > MAX_STATES) {
			throw new PlatformError(
				"iot.device.TooManyDevicesPerTime",
				`No more than ${MAX_STATES} devices can be named in one call.`,
			);
		}
		const devices =
			iotIds.length > 0
				? iotIds.map((iotId) => deviceOf(platform, new Map([["IotId", iotId]])))
				: names.map((name) => deviceNamed(platform, productOf(platform, params).productKey, name));
		if (devices.length === 0) {
			throw new PlatformError(
				"iot.device.NoneDeviceNameElement",
				"The device name list cannot be empty.",
			);
		}
		return {
			DeviceStatusList: {
				DeviceStatus: devices.map((device) => ({
					IotId: device.iotId,
					DeviceId: device.iotId,
					DeviceName: device.deviceName,
					Status: platform.registry.statusOf(device),
					AsAddress: device.clientIp,
					LastOnlineTime: device.onlineAt === undefined ? "" : localTime(device.onlineAt),
				})),
			},
		};
	},
};

/** Tags: added, or replaced where the key exists. */
export const saveDeviceProp: Operation = {
	required: ["Props"],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		let props: unknown;
		try {
			props = JSON.parse(require(params, "Props"));
		} catch {
			props = undefined;
		}
		if (!isRecord(props)) {
			throw new PlatformError(
				"iot.device.InvalidFormattedDevicePropertiesString",
				"The format of device property string is invalid.",
			);
		}
		const entries = Object.entries(props).map(([key, value]): [string, string] => [
			key,
			String(value),
		]);
		for (const [key, value] of entries) {
			if (!TAG_KEY.test(key) || value.length > TAG_VALUE_MAX_CHARS) {
				throw new PlatformError(
					"iot.device.InvalidFormattedDevicePropertyKey",
					`The format of the device property ${key} is invalid.`,
				);
			}
		}
		if (new Set([...device.tags.keys(), ...Object.keys(props)]).size > MAX_TAGS) {
			throw new PlatformError(
				"iot.device.TooManyDevicePropertiesPerTime",
				"The total number of device properties exceeds the limit.",
			);
		}
		for (const [key, value] of entries) device.tags.set(key, value);
		platform.registry.save(device);
		return {};
	},
};

export const queryDeviceProp: Operation = {
	required: [],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		return { Props: JSON.stringify(Object.fromEntries(device.tags)) };
	},
};

export const deleteDeviceProp: Operation = {
	required: ["PropKey"],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		device.tags.delete(require(params, "PropKey"));
		platform.registry.save(device);
		return {};
	},
};
