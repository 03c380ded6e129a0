import { type QuotaLimits, secondOf } from "./book.ts";
import type { QuotaStore } from "./quota-store.ts";

/**
 * Never planned: calls of instances without a place in the plan come from here,
 * and calls that are early or late by the network's jitter find room in it.
 */
const CLAIMED_SHARE = 0.005;
/** Beside it, each instance has calls of its own, if all of these together are no more than this. */
const OWN_SHARE = 0.008;
/** Rows that are tried before a command waits for a plan like everybody else. */
const MAX_TRIES = 4;

/** Calls of every second that each instance may make without asking anybody; 0 if instances are too many for that. */
const ownReserve = ({ perSecond, share, maxInstances }: QuotaLimits): number =>
	Math.floor((perSecond * share * OWN_SHARE) / maxInstances);

const claimable = ({ perSecond, share }: QuotaLimits): number => perSecond * share * CLAIMED_SHARE;

/** What is left for plans, in calls a second. */
export const plannable = (limits: QuotaLimits): number =>
	limits.perSecond * limits.share - claimable(limits) - ownReserve(limits) * limits.maxInstances;

/** What an instance may send while no plan comes in time, in calls a second. */
export const staticShare = (limits: QuotaLimits): number => plannable(limits) / limits.maxInstances;

/** Calls of a second that can always be claimed, planned or not. */
export function standingReserve(second: number, limits: QuotaLimits): number {
	const each = claimable(limits);
	return Math.floor(each * (second + 1)) - Math.floor(each * second);
}

/** One instance's calls of the reserve that need no claim. */
export class OwnReserve {
	readonly #perSecond: number;
	#second = 0;
	#taken = 0;

	constructor(limits: QuotaLimits) {
		this.#perSecond = ownReserve(limits);
	}

	take(now: number): boolean {
		const second = secondOf(now);
		if (second !== this.#second) {
			this.#second = second;
			this.#taken = 0;
		}
		if (this.#taken >= this.#perSecond) return false;
		this.#taken++;
		return true;
	}
}

interface Claim {
	readonly second: number;
	/** Calls of the reserve that are there in any case. */
	readonly standing: number;
	/** How many more there are by the plan, which takes a reading to know. */
	readonly extra: () => Promise<number>;
	readonly instance: string;
	readonly random: () => number;
}

/**
 * Claims one call of a second's reserve. Each of its calls is a row that can be
 * written once, so nobody waits for a row that others write to.
 * @returns whether there was one. @throws TableError
 */
export async function claimReserve(store: QuotaStore, claim: Claim): Promise<boolean> {
	const { second, standing, extra, instance, random } = claim;
	const any = (indexes: readonly number[]) => indexes[Math.floor(random() * indexes.length)];
	let free = Array.from({ length: standing }, (_, index) => index);
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const index = any(free);
		if (index !== undefined && (await store.claim(second, index, instance))) return true;
		const [more, claimed] = await Promise.all([extra(), store.claimed(second)]);
		free = Array.from({ length: standing + more }, (_, at) => at).filter((at) => !claimed.has(at));
		if (free.length === 0) return false;
	}
	return false;
}
