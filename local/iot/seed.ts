import type { DeviceIdentity, IotService } from "./iot-service.ts";
import { SAMPLE_PRODUCT_NAME, SAMPLE_TSL } from "./sample-product.ts";

export interface Seed {
	readonly productKey: string;
	readonly devices: ReadonlyArray<
		DeviceIdentity & {
			readonly services: ReadonlyArray<{ identifier: string; callType: "async" | "sync" }>;
		}
	>;
}

/** The sample product with `count` devices, `device-001` and so on: created once, found again after a restart. */
export function seed(iot: IotService, count: number): Seed {
	const productKey = iot.ensureProduct(SAMPLE_PRODUCT_NAME, JSON.stringify(SAMPLE_TSL));
	const services = iot.servicesOf(productKey);
	const devices = Array.from({ length: count }, (_, index) => ({
		...iot.ensureDevice(productKey, `device-${String(index + 1).padStart(3, "0")}`),
		services,
	}));
	return { productKey, devices };
}
