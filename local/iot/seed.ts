import { createHash } from "node:crypto";
import type { DeviceIdentity, IotService } from "./iot-service.ts";
import type { DeviceKeys } from "./registry.ts";
import { SAMPLE_PRODUCT_NAME, SAMPLE_TSL } from "./sample-product.ts";

export interface Seed {
	readonly productKey: string;
	readonly devices: ReadonlyArray<
		DeviceIdentity & {
			readonly services: ReadonlyArray<{ identifier: string; callType: "async" | "sync" }>;
		}
	>;
}

/**
 * The sample product with `count` devices, `device-001` and so on: created once, found again after a restart.
 *
 * @param fixed whether keys and secrets are the same on every machine.
 */
export function seed(iot: IotService, count: number, fixed = false): Seed {
	const productKey = iot.ensureProduct(
		SAMPLE_PRODUCT_NAME,
		JSON.stringify(SAMPLE_TSL),
		fixed ? FIXED_PRODUCT_KEY : undefined,
	);
	const services = iot.servicesOf(productKey);
	const devices = Array.from({ length: count }, (_, index) => {
		const name = `device-${String(index + 1).padStart(3, "0")}`;
		return { ...iot.ensureDevice(productKey, name, fixed ? fixedKeys(name) : undefined), services };
	});
	return { productKey, devices };
}

/** Of the well-known account: no secret, like all that belongs to it. */
const FIXED_PRODUCT_KEY = "a1LocalCloud";

function fixedKeys(deviceName: string): DeviceKeys {
	const digest = createHash("sha256").update(`local-cloud ${deviceName}`).digest("hex");
	return { iotId: `${digest.slice(0, 20)}000100`, deviceSecret: digest.slice(32) };
}
