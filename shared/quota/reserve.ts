import type { QuotaStore } from "./quota-store.ts";

/** Rows that are tried before a command waits for a plan like everybody else. */
const MAX_TRIES = 3;

interface Claim {
	readonly period: number;
	/** Calls of the reserve that are there in any case. */
	readonly standing: number;
	/** How many there are by the plan, which takes a reading to know. */
	readonly planned: () => Promise<number>;
	readonly instance: string;
	readonly random: () => number;
}

/**
 * Claims one call of a second's reserve. Each of its calls is a row that can be
 * written once, so nobody waits for a row that others write to.
 * @returns whether there was one. @throws TableError
 */
export async function claimReserve(store: QuotaStore, claim: Claim): Promise<boolean> {
	const { period, standing, planned, instance, random } = claim;
	const any = (indexes: readonly number[]) => indexes[Math.floor(random() * indexes.length)];
	let free = Array.from({ length: standing }, (_, index) => index);
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const index = any(free);
		if (index !== undefined && (await store.claim(period, index, instance))) return true;
		const [size, claimed] = await Promise.all([planned(), store.claimed(period)]);
		free = Array.from({ length: size }, (_, at) => at).filter((at) => !claimed.has(at));
		if (free.length === 0) return false;
	}
	return false;
}
