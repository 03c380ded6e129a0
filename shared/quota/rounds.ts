import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Member, Plan } from "./plan.ts";
import type { Planning } from "./planning.ts";
import type { QuotaStore } from "./quota-store.ts";
import { SLICE_MS, sliceAt, startOf } from "./slice.ts";

/**
 * Within each slice: tell the others, plan the next slice if it is our turn,
 * read what was planned. Each leaves the table store some 100 ms.
 */
const PUBLISH_AT_MS = 5;
const PLAN_AT_MS = 70;
const READ_AT_MS = 165;
/** Not all at the same moment. */
const SPREAD_MS = 20;
/** Without an answer of the table store for so long, it counts as out of reach. */
const OUT_OF_REACH_MS = 1_000;
/** Slices without anybody waiting after which the instance takes no part any more. */
const IDLE_SLICES = 2;
const MAX_CONTACTS = 8;

export interface RoundsDeps {
	readonly store: QuotaStore;
	readonly planning: Planning;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly instance: string;
	/** What the others are told; `takingPart` is false for the last time. */
	readonly describe: (takingPart: boolean) => Member;
	readonly quiet: () => boolean;
	readonly follow: (plan: Plan) => void;
	/** Neither a plan nor the table store is there. */
	readonly manageAlone: (slice: number) => void;
	readonly beginSlice: () => void;
}

/** An instance's part in the sharing, slice by slice, for as long as it has calls to make. */
export class Rounds {
	readonly #deps: RoundsDeps;
	#cancels: Array<() => void> = [];
	#active = false;
	#idleSlices = 0;
	#reachedAt = 0;
	#followed = Number.NEGATIVE_INFINITY;
	#alone = false;
	#contacts = 0;

	constructor(deps: RoundsDeps) {
		this.#deps = deps;
	}

	get active(): boolean {
		return this.#active;
	}

	/** Begins to take part, if it does not yet. */
	join(): void {
		if (this.#active) return;
		const now = this.#deps.clock.now();
		this.#active = true;
		this.#idleSlices = 0;
		if (!this.#alone) this.#reachedAt = now;
		this.#contact(async () => {
			await this.#publish();
			await this.#obtain(sliceAt(now));
		});
		this.#schedule(sliceAt(now));
	}

	/** Takes no part any more, and says so, lest calls are kept for it. @throws TableError */
	async leave(): Promise<void> {
		if (!this.#active) return;
		this.#active = false;
		for (const cancel of this.#cancels) cancel();
		await this.#deps.store.publish(this.#deps.describe(false));
	}

	/** What is to be done in the rest of this slice, and then again in the next one. */
	#schedule(slice: number): void {
		const { clock, instance, planning, random } = this.#deps;
		const left = (ms: number) => startOf(slice) + ms - clock.now();
		const spread = (ms: number) => ms + Math.floor(random() * SPREAD_MS);
		const grants = planning.latest?.grants ?? [];
		const ourTurn = grants[(slice + 1) % grants.length]?.instance === instance;
		const acts: Array<readonly [number, () => Promise<void>]> = [
			[spread(PUBLISH_AT_MS), () => this.#publish()],
			[spread(READ_AT_MS), () => this.#obtain(slice + 1)],
			...(ourTurn ? [[PLAN_AT_MS, () => this.#obtain(slice + 1, true)] as const] : []),
		];
		this.#cancels = [
			clock.after(Math.max(0, left(SLICE_MS)), () => this.#begin(slice + 1)),
			...acts
				.filter(([ms]) => left(ms) >= 0)
				.map(([ms, act]) => clock.after(left(ms), () => this.#contact(act))),
		];
	}

	#begin(due: number): void {
		const { clock, quiet, beginSlice, manageAlone } = this.#deps;
		beginSlice();
		const slice = sliceAt(clock.now());
		// Function Compute stops an instance's time between invocations.
		const slept = slice > due + 1;
		if (slept) {
			this.#active = false;
			if (!quiet()) this.join();
			return;
		}
		this.#idleSlices = quiet() ? this.#idleSlices + 1 : 0;
		if (this.#idleSlices >= IDLE_SLICES) {
			this.#contact(() => this.leave());
			return;
		}
		// A clock may be a little early for its own timers.
		const current = Math.max(due, slice);
		if (this.#followed < current) {
			if (clock.now() - this.#reachedAt > OUT_OF_REACH_MS) {
				this.#loseReach();
				this.#followed = current;
				manageAlone(current);
			} else this.#contact(() => this.#obtain(current));
		}
		this.#schedule(current);
	}

	async #publish(): Promise<void> {
		await this.#deps.store.publish(this.#deps.describe(true));
		this.#reach();
	}

	async #obtain(slice: number, ourTurn = false): Promise<void> {
		const plan = await this.#deps.planning.obtain(slice, ourTurn);
		this.#reach();
		if (!plan || plan.slice <= this.#followed || slice < sliceAt(this.#deps.clock.now())) return;
		this.#followed = plan.slice;
		this.#deps.follow(plan);
	}

	#reach(): void {
		this.#reachedAt = this.#deps.clock.now();
		if (!this.#alone) return;
		this.#alone = false;
		this.#deps.log.info("the quota's table is in reach again; the quota is shared", {});
	}

	#loseReach(): void {
		if (this.#alone) return;
		this.#alone = true;
		this.#deps.log.warn("the quota's table is out of reach; using a static share of the quota", {});
	}

	/** A table store that does not answer is not asked ever more. */
	#contact(act: () => Promise<void>): void {
		if (this.#contacts >= MAX_CONTACTS) return;
		this.#contacts++;
		act()
			.catch((error: Error) =>
				this.#deps.log.debug("the quota's table failed", { error: error.message }),
			)
			.finally(() => {
				this.#contacts--;
			});
	}
}
