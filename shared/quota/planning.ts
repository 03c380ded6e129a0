import type { Clock } from "../clock.ts";
import { drawUp, type Member, type Plan, type QuotaLimits } from "./plan.ts";
import type { QuotaStore } from "./quota-store.ts";

/** Rows of instances that have not been heard of for so long are removed; GET /v1/quota shows a minute. */
const FORGET_AFTER_MS = 120_000;
const MAX_FORGOTTEN_AT_ONCE = 20;

/** Gets the plan of a slice, and draws it up where nobody has. */
export class Planning {
	readonly #store: QuotaStore;
	readonly #clock: Clock;
	readonly #limits: QuotaLimits;
	/** The newest plan that was read. */
	#latest: Plan | undefined;

	constructor(store: QuotaStore, clock: Clock, limits: QuotaLimits) {
		this.#store = store;
		this.#clock = clock;
		this.#limits = limits;
	}

	get latest(): Plan | undefined {
		return this.#latest;
	}

	/** @throws TableError */
	async read(slice: number): Promise<Plan | undefined> {
		if (this.#latest?.slice === slice) return this.#latest;
		return this.#keep(await this.#store.plan(slice));
	}

	/**
	 * Of all who draw a plan up at the same time, the first one's counts. A plan
	 * whose writing is in doubt is read again before anybody follows it.
	 * @param ourTurn nobody else is expected to have drawn it up: saves a round trip.
	 * @throws TableError
	 */
	async obtain(slice: number, ourTurn = false): Promise<Plan | undefined> {
		if (!ourTurn || this.#latest?.slice === slice) {
			const standing = await this.read(slice);
			if (standing) return standing;
		}
		const [members, previous] = await Promise.all([this.#store.members(), this.#before(slice)]);
		const draft = drawUp(slice, this.#clock.now(), members, previous, this.#limits);
		if (!(await this.#store.propose(draft))) return this.read(slice);
		this.#forget(members);
		return this.#keep(draft);
	}

	async #before(slice: number): Promise<Plan | undefined> {
		return (await this.read(slice - 1)) ?? (await this.#store.plan(slice - 2));
	}

	#keep(plan: Plan | undefined): Plan | undefined {
		if (plan && plan.slice > (this.#latest?.slice ?? Number.NEGATIVE_INFINITY)) this.#latest = plan;
		return plan;
	}

	/** Rows that are left over cost reading time only, so nobody waits for their removal. */
	#forget(members: readonly Member[]): void {
		const old = this.#clock.now() - FORGET_AFTER_MS;
		for (const { instance } of members
			.filter(({ at }) => at < old)
			.slice(0, MAX_FORGOTTEN_AT_ONCE)) {
			this.#store.forget(instance).catch(() => {});
		}
	}
}
