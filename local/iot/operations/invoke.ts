import { PlatformError } from "../errors.ts";
import { repeated } from "../http/request.ts";
import { deviceNamed, deviceOf, type Platform, productOf, qosOf, require } from "../platform.ts";
import type { Device } from "../registry.ts";
import type { Call, Operation } from "./operation.ts";

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
		const id = sharedId(platform);
		for (const device of devices) platform.downlink.invokeChecked(device, identifier, args, id);
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
		const id = sharedId(platform);
		for (const device of devices) platform.downlink.setProperties(device, items, 0, id);
		return {};
	},
};

function sharedId({ downlink, manyDevices }: Platform): string | undefined {
	return manyDevices.messageIds === "shared" ? downlink.newMessageId() : undefined;
}

/** All devices are looked up before any is written to. */
function devicesOf(platform: Platform, params: ReadonlyMap<string, string>): Device[] {
	const { productKey } = productOf(platform, params);
	const names = repeated(params, "DeviceName");
	if (names.length === 0) {
		throw new PlatformError(
			"iot.device.NoneDeviceNameElement",
			"The device name list cannot be empty.",
		);
	}
	const { maxDevices, unknownName, repeatedName } = platform.manyDevices;
	if (names.length > maxDevices) {
		throw new PlatformError(
			"iot.device.TooManyDevicesPerTime",
			`No more than ${maxDevices} devices can be named in one call.`,
		);
	}
	const distinct = [...new Set(names)];
	if (repeatedName === "refuse" && distinct.length < names.length) {
		throw new PlatformError("iot.system.IllegalRequest", "A device name is given twice.");
	}
	const wanted = repeatedName === "twice" ? names : distinct;
	const known =
		unknownName === "skip"
			? wanted.filter((name) => platform.registry.device(productKey, name))
			: wanted;
	return known.map((name) => deviceNamed(platform, productKey, name));
}
