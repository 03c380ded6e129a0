import { MAX_STEPS } from "./expression/run.ts";

/** Every evaluation has these whatever others have spent: many times what an ordinary condition takes. */
const FREE_STEPS = 500;
/** What evaluations of one batch may spend beyond that, all together: about a tenth of a second. */
const POOL_STEPS = 2_000_000;
/** Of the pool, one reaction's share: what it cannot have of it is left to the others. */
const SHARE_STEPS = POOL_STEPS / 10;

/** The steps that reactions may spend on one batch of events. */
export class BatchBudget {
	#left = POOL_STEPS;
	readonly #taken = new Map<string, number>();

	/** Steps that the reaction's next evaluation may take. */
	limit(reactionId: string): number {
		const share = SHARE_STEPS - (this.#taken.get(reactionId) ?? 0);
		return Math.min(MAX_STEPS, FREE_STEPS + Math.max(0, Math.min(share, this.#left)));
	}

	/** Notes what an evaluation has taken, also one that failed. */
	spend(reactionId: string, steps: number): void {
		const beyond = Math.min(steps, MAX_STEPS) - FREE_STEPS;
		if (beyond <= 0) return;
		this.#left -= beyond;
		this.#taken.set(reactionId, (this.#taken.get(reactionId) ?? 0) + beyond);
	}
}
