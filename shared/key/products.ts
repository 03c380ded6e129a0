import { type DeviceRef, isOfProducts } from "../command/device.ts";
import { type ExactJson, type ExactObject, isExactObject, parseExact } from "../json/exact.ts";
import type { ReactionDefinition } from "../reaction/reaction.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { Caller } from "./key.ts";

type Limits = Pick<Caller, "products">;

/** Whether a key may send to this device, and see what is sent to it. */
export const reachesDevice = ({ products }: Limits, device: DeviceRef): boolean =>
	products === undefined || isOfProducts(device, products);

/** A schedule belongs to a limited key if every device of it does. */
export const reachesSchedule = (limits: Limits, { devices }: Pick<Schedule, "devices">): boolean =>
	devices.every((device) => reachesDevice(limits, device));

/**
 * Whether whatever a reaction may send goes to devices within reach, as far as
 * that is fixed: by the product in its filter, or by the literal one in `do`.
 */
export function reachesReaction(limits: Limits, reaction: ReactionDefinition): boolean {
	if (!limits.products) return true;
	const device = deviceOf(reaction.command);
	if (device !== undefined) return isExactObject(device) && isWithin(limits.products, device);
	const { source, productKey } = reaction.when;
	// What a message says of its device is said by whoever wrote it.
	if (source === "message" || productKey === undefined) return false;
	return limits.products.includes(productKey);
}

const isWithin = (products: readonly string[], { iotId, productKey }: ExactObject): boolean =>
	iotId === undefined && typeof productKey === "string" && products.includes(productKey);

function deviceOf(command: string): ExactJson | undefined {
	try {
		const body = parseExact(command);
		return isExactObject(body) ? body["device"] : null;
	} catch {
		return null;
	}
}
