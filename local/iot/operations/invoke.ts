import { PlatformError } from "../errors.ts";
import { repeated } from "../http/request.ts";
import { deviceNamed, deviceOf, type Platform, productOf, qosOf, require } from "../platform.ts";
import type { Device } from "../registry.ts";
import type { Call, Operation } from "./operation.ts";

/** InvokeThingsService and SetDevicesProperty: "up to 100 device names". */
const MAX_DEVICES = 100;

export const invokeThingService: Operation = {
	required: ["Args", "Identifier"],
	perSecond: 500,
	async run({ platform, params }) {
		const device = deviceOf(platform, params);
		const { messageId, result } = await platform.downlink.invoke(
			device,
			require(params, "Identifier"),
			require(params, "Args"),
			qosOf(params),
		);
		return { Data: { MessageId: messageId, Result: result } };
	},
};

/** Asynchronous services only; the answer carries no message ids. */
export const invokeThingsService: Operation = {
	required: ["Args", "Identifier", "ProductKey"],
	perSecond: 10,
	run({ platform, params }) {
		const identifier = require(params, "Identifier");
		const args = require(params, "Args");
		const devices = devicesOf(platform, params);
		const [first] = devices;
		if (first && platform.downlink.serviceFor(first, identifier, args).callType === "sync") {
			throw new PlatformError(
				"iot.device.InvokeThingServiceFailed",
				"A synchronous service cannot be called on several devices.",
			);
		}
		for (const device of devices) platform.downlink.invokeChecked(device, identifier, args);
		return {};
	},
};

export const setDeviceProperty: Operation = {
	required: ["Items"],
	perSecond: 500,
	run({ platform, params }) {
		const device = deviceOf(platform, params);
		const items = require(params, "Items");
		platform.downlink.checkProperties(device, items);
		const { messageId } = platform.downlink.setProperties(device, items, qosOf(params));
		return { Data: { MessageId: messageId } };
	},
};

export const setDevicesProperty: Operation = {
	required: ["Items", "ProductKey"],
	perSecond: 10,
	run({ platform, params }: Call) {
		const items = require(params, "Items");
		const devices = devicesOf(platform, params);
		const [first] = devices;
		if (first) platform.downlink.checkProperties(first, items);
		for (const device of devices) platform.downlink.setProperties(device, items, 0);
		return {};
	},
};

/** All devices are looked up before any is written to: an unknown name refuses the whole call. */
function devicesOf(platform: Platform, params: ReadonlyMap<string, string>): Device[] {
	const { productKey } = productOf(platform, params);
	const names = repeated(params, "DeviceName");
	if (names.length === 0) {
		throw new PlatformError(
			"iot.device.NoneDeviceNameElement",
			"The device name list cannot be empty.",
		);
	}
	if (names.length > MAX_DEVICES) {
		throw new PlatformError(
			"iot.device.TooManyDevicesPerTime",
			`No more than ${MAX_DEVICES} devices can be named in one call.`,
		);
	}
	return [...new Set(names)].map((name) => deviceNamed(platform, productKey, name));
}
