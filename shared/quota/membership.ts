import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { type Book, endOf, type Member, type QuotaLimits, wishOf } from "./book.ts";
import { CUT_OFF_MS, drawUp } from "./draw-up.ts";
import type { QuotaStore } from "./quota-store.ts";
import { staticShare } from "./reserve.ts";
import type { RoundTrips } from "./round-trips.ts";

/** The others read when the leader has most likely written: that takes it so much of the lead. */
const WRITTEN_AFTER = 0.57;
/** Not all at the same moment. */
const SPREAD_MS = 30;
/** Nobody has come for so long: the instance takes no part any more. */
const QUIET_MS = 1_000;
/** Between two attempts while there is no plan. */
const RETRY_MS = 100;
/** So many round trips without an answer, and the next attempt does not wait for it. */
const PATIENT_TRIPS = 3;
const LEAST_PATIENCE_MS = 1_000;
const MAX_CONTACTS = 8;
/** What was read so long ago is no base for a plan: somebody may have come since. */
const STALE_MS = 3_000;
/** No plan reaches so far ahead: whoever sees none for so long knows that there is none. */
const NO_PLAN_AFTER_MS = 7_000;
/** The others keep a static share for whom they heard so lately, clocks' differences included. */
const EXPECTED_MS = CUT_OFF_MS - 2_000;
/** No timer of an instance with a plan is longer: its time was stopped, as Function Compute does. */
const FROZEN_MS = 5_000;
/** Rows of instances that have not been heard of for so long are removed; GET /v1/quota shows a minute. */
const FORGET_AFTER_MS = 120_000;
const MAX_FORGOTTEN_AT_ONCE = 20;

export interface MembershipDeps {
	readonly store: QuotaStore;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly limits: QuotaLimits;
	readonly instance: string;
	readonly roundTrips: RoundTrips;
	/** What the others are told; `takingPart` is false for the last time. */
	readonly describe: (takingPart: boolean) => Member;
	/** When somebody came last; now, if somebody waits. */
	readonly busyAt: () => number;
	readonly follow: (book: Book) => void;
}

/** An instance's part in the common plan, for as long as it has calls to make. */
export class Membership {
	readonly #deps: MembershipDeps;
	/** Counts the times of taking part: what belongs to an earlier one ends by itself. */
	#term = 0;
	#active = false;
	#joinedAt = 0;
	#book: Book | undefined;
	/** What the others know of us, at least. */
	#told: Pick<Member, "at" | "wishes"> = { at: 0, wishes: { interactive: 0, bulk: 0 } };
	#seenAt = 0;
	/** Goes on with its static share. */
	#alone = false;
	#contacts = 0;

	constructor(deps: MembershipDeps) {
		this.#deps = deps;
	}

	get active(): boolean {
		return this.#active;
	}

	/** Begins to take part, if it does not yet. */
	join(): void {
		if (this.#active) return;
		this.#active = true;
		this.#joinedAt = this.#deps.clock.now();
		this.#seenAt = this.#joinedAt;
		void this.#takePart(++this.#term);
	}

	/** Takes no part any more, and says so, lest calls are kept for it. @throws TableError */
	async leave(): Promise<void> {
		if (!this.#active) return;
		this.#active = false;
		this.#term++;
		await this.#deps.store.publish(this.#deps.describe(false));
	}

	/** Reads the plan. @throws TableError */
	async read(): Promise<Book | undefined> {
		this.#keep(await this.#deps.store.book());
		return this.#book;
	}

	/** Time was stopped if nothing happened for long: then the others may not reckon with us any more. */
	notice(now: number): void {
		if (now - this.#seenAt > FROZEN_MS) {
			this.#joinedAt = now;
			this.#alone = false;
		}
		this.#seenAt = now;
	}

	/**
	 * Calls a second that are ours without a plan since `endedAt`: the others
	 * leave us our static share as long as they have heard of us, and once there
	 * is no plan at all, nobody spends it.
	 */
	shareAlone(now: number, endedAt: number): number {
		if (!this.#active) return 0;
		const share = staticShare(this.#deps.limits);
		const noPlan = now - Math.max(this.#joinedAt, endedAt) >= NO_PLAN_AFTER_MS;
		const known = (this.#book?.seen[this.#deps.instance]?.at ?? 0) >= this.#joinedAt;
		const expected = known && now - this.#told.at < EXPECTED_MS;
		if (!this.#alone && !noPlan && !expected) return 0;
		if (!this.#alone) {
			this.#deps.log.warn("no plan of the quota in time; using a static share of it", {});
			this.#alone = true;
		}
		return noPlan ? share : Math.min(share, wishOf(this.#told));
	}

	async #takePart(term: number): Promise<void> {
		const { clock } = this.#deps;
		// More may come at this moment, and whoever draws a first plan up is to see all.
		await clock.sleep(0);
		await this.#contact(async () => {
			await Promise.all([this.#publish(), this.#look()]);
		});
		while (this.#term === term) {
			const end = endOf(this.#book);
			if (end <= clock.now()) await this.#contact(() => this.#extend());
			else await this.#nextRound(term, end);
			if (this.#term === term && endOf(this.#book) <= end) await clock.sleep(RETRY_MS);
		}
	}

	/** Once for each time that the plan is continued. */
	async #nextRound(term: number, end: number): Promise<void> {
		const { clock, random, busyAt, roundTrips } = this.#deps;
		const leadMs = this.#book?.leadMs ?? 0;
		const leading = this.#book?.leader.instance === this.#deps.instance;
		const spread = SPREAD_MS * random();
		const from = end - leadMs - (leading ? 0 : roundTrips.longest + spread);
		await this.#until(from);
		if (this.#term !== term) return;
		if (clock.now() - busyAt() > QUIET_MS) {
			await this.#contact(() => this.leave());
		} else if (leading) {
			await this.#contact(() => this.#extend());
		} else {
			void this.#contact(() => this.#publish());
			const readAt = end - leadMs * (1 - WRITTEN_AFTER);
			await this.#until(readAt);
			await this.#contact(() => this.#look());
			if (this.#term !== term || endOf(this.#book) > end) return;
			await clock.sleep(spread);
			await this.#contact(() => this.#extend());
		}
	}

	async #until(time: number): Promise<void> {
		const { clock, roundTrips } = this.#deps;
		const at = Math.max(time, clock.now());
		await clock.sleep(Math.ceil(at - clock.now()));
		this.notice(clock.now());
		roundTrips.note(clock.now() - at);
	}

	async #publish(): Promise<void> {
		const member = this.#deps.describe(true);
		await this.#deps.store.publish(member);
		if (member.at > this.#told.at) this.#told = member;
	}

	async #look(): Promise<void> {
		await this.read();
	}

	/**
	 * Of all who continue the same version at the same time, the first one's
	 * counts. What was written in doubt is read before anybody follows it.
	 */
	async #extend(): Promise<void> {
		const { store, clock, describe, limits } = this.#deps;
		const askedAt = clock.now();
		const known = this.#book;
		const leading = known?.leader.instance === this.#deps.instance;
		const [members, book] = await Promise.all([store.members(), leading ? known : store.book()]);
		this.#keep(book);
		if (endOf(book) > Math.max(endOf(known), clock.now())) return;
		if (clock.now() - askedAt > STALE_MS || !this.#active) return;
		const draft = drawUp(book, describe(true), members, clock.now(), limits);
		if (!(await store.propose(draft, book))) return this.#look();
		this.#told = draft.leader;
		this.#keep(draft);
		this.#forget(members);
	}

	#keep(book: Book | undefined): void {
		if (!book || book.version <= (this.#book?.version ?? 0)) return;
		this.#book = book;
		this.#deps.follow(book);
		if (!this.#alone || endOf(book) <= this.#deps.clock.now()) return;
		this.#alone = false;
		this.#deps.log.info("there is a plan of the quota again; the quota is shared", {});
	}

	/** Rows that are left over cost reading time only, so nobody waits for their removal. */
	#forget(members: readonly Member[]): void {
		const { clock, store } = this.#deps;
		const old = members.filter(({ at }) => at < clock.now() - FORGET_AFTER_MS);
		for (const { instance } of old.slice(0, MAX_FORGOTTEN_AT_ONCE)) {
			store.forget(instance).catch(() => {});
		}
	}

	/** A table store that does not answer is neither waited for nor asked ever more. */
	async #contact(act: () => Promise<void>): Promise<void> {
		const { clock, log, roundTrips } = this.#deps;
		if (this.#contacts >= MAX_CONTACTS) return;
		this.#contacts++;
		const done = act()
			.catch((error: Error) => log.debug("the quota's table failed", { error: error.message }))
			.finally(() => {
				this.#contacts--;
			});
		const patience = Math.max(LEAST_PATIENCE_MS, PATIENT_TRIPS * roundTrips.longest);
		await Promise.race([done, clock.sleep(patience)]);
	}
}
