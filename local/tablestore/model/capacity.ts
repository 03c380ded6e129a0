import { CAPACITY_UNIT_BYTES } from "../limits.ts";

export interface CapacityUnits {
	readonly read: number;
	readonly write: number;
}

/** One unit for every 4 KB begun, and one for an access that touches nothing. */
export function units(bytes: number): number {
	return Math.max(1, Math.ceil(bytes / CAPACITY_UNIT_BYTES));
}
