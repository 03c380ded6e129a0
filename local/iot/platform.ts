import type { Account } from "../account.ts";
import type { Clock } from "../clock/clock.ts";
import type { Downlink } from "./downlink.ts";
import { missing, PlatformError } from "./errors.ts";
import type { Groups } from "./groups.ts";
import type { Broker } from "./mqtt/broker.ts";
import type { ManyDevices } from "./open-questions.ts";
import { type Device, noSuchProduct, type Product, type Registry } from "./registry.ts";

/** What the operations of the API work on. */
export interface Platform {
	readonly registry: Registry;
	readonly groups: Groups;
	readonly broker: Broker;
	readonly downlink: Downlink;
	readonly clock: Clock;
	readonly account: Account;
	/** The account's enterprise instance; undefined if it uses the public one. */
	readonly instanceId: string | undefined;
	readonly manyDevices: ManyDevices;
}

/** The device that a call names: `IotId`, which wins, or `ProductKey` with `DeviceName`. */
export function deviceOf(platform: Platform, params: ReadonlyMap<string, string>): Device {
	const iotId = params.get("IotId");
	if (iotId) {
		const device = platform.registry.deviceById(iotId);
		if (!device) {
			throw new PlatformError("iot.device.InvalidIoTId", "The device IotId is incorrect.");
		}
		return device;
	}
	const productKey = productOf(platform, params).productKey;
	const deviceName = params.get("DeviceName");
	if (!deviceName) {
		throw new PlatformError("iot.device.NullDeviceName", "Device name cannot be empty.");
	}
	return deviceNamed(platform, productKey, deviceName);
}

export function deviceNamed(platform: Platform, productKey: string, deviceName: string): Device {
	const device = platform.registry.device(productKey, deviceName);
	if (!device) {
		throw new PlatformError("iot.device.NotExistedDevice", "The specified device does not exist.");
	}
	return device;
}

export function productOf(platform: Platform, params: ReadonlyMap<string, string>): Product {
	const productKey = params.get("ProductKey");
	if (!productKey) {
		throw new PlatformError("iot.prod.NullProductKey", "ProductKey cannot be empty.");
	}
	const product = platform.registry.product(productKey);
	if (!product) throw noSuchProduct();
	return product;
}

export function require(params: ReadonlyMap<string, string>, name: string): string {
	const value = params.get(name);
	if (value === undefined) throw missing(name);
	return value;
}

/** `Qos`: 0 at most once, 1 at least once. */
export function qosOf(params: ReadonlyMap<string, string>): 0 | 1 {
	const qos = params.get("Qos") ?? "0";
	if (qos !== "0" && qos !== "1") {
		throw new PlatformError(
			"iot.common.InvalidFormattedParameter",
			"The Qos parameter is invalid: 0 or 1 is expected.",
		);
	}
	return qos === "1" ? 1 : 0;
}
