import type { Clock } from "../clock.ts";
import type { DeviceRef } from "../command/device.ts";
import type { IotPlatform } from "./platform.ts";
import {
	asynchronousServices,
	fitArgs,
	holdsNumber,
	readThingModel,
	type ThingModel,
} from "./thing-model.ts";

/** A changed thing model is noticed after this long. */
const MODEL_AGE_MS = 600_000;
/** An instance sees few products, and devices in the hundred thousands at the most. */
const MAX_DEVICES = 100_000;

type PlatformQueries = Pick<IotPlatform, "thingModel" | "identify">;

interface Known {
	readonly inputs: ThingModel;
	readonly asynchronous: ReadonlySet<string>;
}

/**
 * Thing models, each fetched once by an instance: of many commands that need
 * one at the same time, one asks and all wait for its answer.
 */
export class ModelCache {
	readonly #platform: PlatformQueries;
	readonly #clock: Clock;
	readonly #models = new Map<string, { readonly until: number; model: Promise<Known> }>();
	readonly #products = new Map<string, Promise<string>>();

	constructor(platform: PlatformQueries, clock: Clock) {
		this.#platform = platform;
		this.#clock = clock;
	}

	/**
	 * The arguments as the thing model wants them. Without a number in them no
	 * model is asked for.
	 * @throws IotError if the platform does not tell the model.
	 */
	async fit(device: DeviceRef, service: string, args: string): Promise<string> {
		if (!holdsNumber(args)) return args;
		const [identifier = "", module] = service.split(":").reverse();
		const model = await this.#model(await this.#productKey(device), module);
		const inputs = model.inputs.get(identifier);
		return inputs ? fitArgs(args, inputs) : args;
	}

	/** Whether devices of the product answer this service later, by a message. @throws IotError */
	async isAsynchronous(productKey: string, service: string): Promise<boolean> {
		const [identifier = "", module] = service.split(":").reverse();
		return (await this.#model(productKey, module)).asynchronous.has(identifier);
	}

	#model(productKey: string, module: string | undefined): Promise<Known> {
		const key = `${productKey}/${module ?? ""}`;
		const known = this.#models.get(key);
		if (known && known.until > this.#clock.now()) return known.model;
		const model = this.#platform.thingModel(productKey, module).then((tsl) => ({
			inputs: readThingModel(tsl),
			asynchronous: asynchronousServices(tsl),
		}));
		this.#models.set(key, { until: this.#clock.now() + MODEL_AGE_MS, model });
		model.catch(() => this.#models.delete(key));
		return model;
	}

	/** The iotId wins over the names that were given with it, so it is asked who it is. */
	#productKey(device: DeviceRef): Promise<string> {
		const { iotId, productKey } = device;
		if (!iotId) return Promise.resolve(productKey ?? "");
		const known = this.#products.get(iotId);
		if (known) return known;
		if (this.#products.size >= MAX_DEVICES) this.#products.clear();
		const found = this.#platform.identify({ iotId }).then((device) => device.productKey);
		this.#products.set(iotId, found);
		found.catch(() => this.#products.delete(iotId));
		return found;
	}
}
