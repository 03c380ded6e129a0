import type { Clock } from "../clock.ts";
import type { Lane } from "../command/command.ts";
import type { Log } from "../log.ts";
import type { Table } from "../table/table.ts";
import {
	type Book,
	callTimes,
	evenTimes,
	extraReserveIn,
	type Member,
	type QuotaLimits,
	secondOf,
} from "./book.ts";
import { CallTimes, GRACE_MS } from "./call-times.ts";
import { Demand } from "./demand.ts";
import { Membership } from "./membership.ts";
import type { Quota } from "./quota.ts";
import { QuotaStore } from "./quota-store.ts";
import { claimReserve, OwnReserve, standingReserve } from "./reserve.ts";
import { RoundTrips } from "./round-trips.ts";
import { Usage } from "./usage.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface SharedQuotaDeps {
	readonly table: Table;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
}

/** An interactive command may use a call that was meant for so much later. */
const AHEAD_MS = 100;
/** Whoever can be served within this time claims nothing of the reserve. */
const SOON_MS = 50;
/** More interactive commands than this at once wait for a plan. */
const MAX_CLAIMS = 4;
/** One timer serves all calls of this time. */
const TICK_MS = 4;
/** Without a plan, calls are spread over so much at a time. */
const ALONE_MS = 250;
/** Calls outside of the plan are told to the others after so long, together. */
const TELL_AFTER_MS = 500;
/** Saying good-bye may delay the end of an instance by so much. */
const LEAVE_MS = 500;

/** Two in one process are never one member, not even with the same random source. */
let instances = 0;

/**
 * The account's quota, shared with all other instances through the table
 * store: one plan, continued by one of them and read by all, says who may make
 * how many calls when. Who has no plan in time goes on with a static share.
 */
export class SharedQuota implements Quota {
	readonly #limits: QuotaLimits;
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #log: Log;
	readonly #store: QuotaStore;
	readonly #membership: Membership;
	readonly #roundTrips = new RoundTrips();
	readonly #instance: string;
	readonly #phase: number;

	readonly #line = new WaitingLine();
	readonly #times = new CallTimes();
	readonly #own: OwnReserve;
	readonly #demand = new Demand();
	readonly #usage = new Usage();
	#counters = { sent: 0, throttled: 0, reserveWanted: 0 };
	#claims = 0;
	#plannedUntil = Number.NEGATIVE_INFINITY;
	/** There are call times until then, planned or of the static share. */
	#coveredUntil = Number.NEGATIVE_INFINITY;
	#cancelTelling: (() => void) | undefined;
	#timer: { readonly at: number; readonly cancel: () => void } | undefined;

	constructor(limits: QuotaLimits, deps: SharedQuotaDeps) {
		const { table, clock, random, log } = deps;
		this.#limits = limits;
		this.#clock = clock;
		this.#random = random;
		this.#log = log;
		this.#own = new OwnReserve(limits);
		this.#store = new QuotaStore(table, clock, this.#roundTrips);
		this.#instance = `${random().toString(36).slice(2, 12)}-${instances++}`;
		this.#phase = random();
		this.#membership = new Membership({
			...deps,
			limits,
			store: this.#store,
			instance: this.#instance,
			roundTrips: this.#roundTrips,
			describe: (takingPart) => this.#describe(takingPart),
			busyAt: () => (this.#line.size > 0 ? clock.now() : this.#demand.lastAt),
			follow: (book) => this.#follow(book),
		});
	}

	take(lane: Lane, until: number, source = ""): Promise<boolean> {
		const now = this.#clock.now();
		this.#demand.arrive(lane, now);
		return new Promise((decide) => {
			this.#line.add(lane, source, { until, decide });
			this.#serve(now);
			if (this.#line.waiting(lane) === 0) return;
			if (lane === "bulk" || this.#claims >= MAX_CLAIMS) this.#membership.join();
			else if (this.#line.waiting(lane) > this.#claims && !this.#comesSoon(now))
				void this.#claim(now);
		});
	}

	report(lane: Lane, answer: "taken" | "throttled"): void {
		const now = this.#clock.now();
		this.#counters.sent++;
		this.#usage.count(now, lane, "used");
		if (answer === "throttled") {
			this.#counters.throttled++;
			this.#usage.count(now, lane, "throttled");
		}
		if (this.#membership.active) return;
		this.#cancelTelling ??= this.#clock.after(TELL_AFTER_MS, () => this.#tell());
	}

	async leave(): Promise<void> {
		if (this.#line.size > 0) return;
		if (!this.#membership.active && !this.#cancelTelling) return;
		const late = this.#clock.sleep(LEAVE_MS);
		const told = this.#membership.active ? this.#membership.leave() : this.#tell();
		await Promise.race([told, late]).catch((error: Error) =>
			this.#log.debug("the others were not told", { error: error.message }),
		);
	}

	/** What was called outside of the plan: the reserve grows with what is wanted of it. */
	async #tell(): Promise<void> {
		this.#cancelTelling?.();
		this.#cancelTelling = undefined;
		if (this.#membership.active) return;
		await this.#store.publish(this.#describe(false)).catch(() => {});
	}

	#follow(book: Book): void {
		const now = this.#clock.now();
		const fresh = book.slices.filter(({ to }) => to > Math.max(now, this.#plannedUntil));
		const [first] = fresh;
		if (first) {
			// What is planned takes the place of the static share, as far as that is not used.
			const alone = this.#coveredUntil > this.#plannedUntil;
			if (alone) this.#coverAlone(now, first.from);
			const times = fresh.flatMap((slice) => callTimes(slice, this.#instance));
			this.#times.add(times.filter((time) => time >= (alone ? now : now - GRACE_MS)));
			this.#plannedUntil = fresh.at(-1)?.to ?? this.#plannedUntil;
			this.#coveredUntil = this.#plannedUntil;
		}
		this.#serve(now);
	}

	#serve(now: number): void {
		this.#membership.notice(now);
		this.#line.dismiss(now);
		if (this.#line.size > 0 && now >= this.#coveredUntil) this.#coverAlone(now, now + ALONE_MS);
		while (this.#line.waiting("interactive") > 0 && this.#times.take(now, AHEAD_MS)) {
			this.#grant("interactive", now);
		}
		while (this.#line.waiting("bulk") > 0 && this.#times.take(now, 0)) this.#grant("bulk", now);
		this.#useOwnReserve(now);
		this.#setTimer(now);
	}

	/** The static share until this time, and no longer. */
	#coverAlone(now: number, until: number): void {
		const to = Math.max(now, until);
		this.#times.dropAfter(to);
		const from = this.#coveredUntil < now - GRACE_MS ? now : this.#coveredUntil;
		const perSecond = this.#membership.shareAlone(now, this.#plannedUntil);
		if (from >= to || perSecond === 0) return;
		this.#times.add(evenTimes(from, to, perSecond, this.#phase));
		this.#coveredUntil = to;
	}

	/** Bulk calls of a member wait for the plan, lest nothing is left for interactive ones. */
	#useOwnReserve(now: number): void {
		const lanes: readonly Lane[] = this.#membership.active
			? ["interactive"]
			: ["interactive", "bulk"];
		for (const lane of lanes) {
			while (this.#line.waiting(lane) > 0 && this.#own.take(now)) this.#grant(lane, now);
		}
	}

	#grant(lane: Lane, now: number): void {
		this.#usage.count(now, lane, "granted");
		this.#line.next(lane)?.decide(true);
	}

	/** One timer for all who wait. */
	#setTimer(now: number): void {
		const at = this.#line.size > 0 ? Math.max(now + TICK_MS, this.#nextAt(now)) : undefined;
		if (at !== undefined && this.#timer && this.#timer.at <= at && this.#timer.at > now) return;
		this.#timer?.cancel();
		this.#timer = undefined;
		if (at === undefined || at === Number.POSITIVE_INFINITY) return;
		const cancel = this.#clock.after(Math.ceil(at - now), () => {
			this.#timer = undefined;
			this.#serve(this.#clock.now());
		});
		this.#timer = { at, cancel };
	}

	/** When somebody can be served or must be told that it took too long. */
	#nextAt(now: number): number {
		const aheadMs = this.#line.waiting("interactive") > 0 ? AHEAD_MS : 0;
		const call = (this.#times.next(now) ?? Number.POSITIVE_INFINITY) - aheadMs;
		const alone = Math.max(
			this.#coveredUntil,
			this.#membership.active ? now + ALONE_MS : Number.POSITIVE_INFINITY,
		);
		return Math.min(call, alone, this.#line.dismissAt);
	}

	#comesSoon(now: number): boolean {
		const next = this.#times.next(now);
		return next !== undefined && next <= now + AHEAD_MS + SOON_MS;
	}

	/** For an interactive command that has no call in sight here: one of the reserve, or a part in the plan. */
	async #claim(now: number): Promise<void> {
		this.#claims++;
		this.#counters.reserveWanted++;
		const second = secondOf(now);
		const claimed = await claimReserve(this.#store, {
			second,
			standing: standingReserve(second, this.#limits),
			extra: async () => extraReserveIn(await this.#membership.read(), second),
			instance: this.#instance,
			random: this.#random,
		}).catch(() => false);
		this.#claims--;
		const then = this.#clock.now();
		const inTime = secondOf(then - GRACE_MS) <= second;
		if (claimed && inTime && this.#line.waiting("interactive") > 0)
			this.#grant("interactive", then);
		this.#serve(then);
		if (this.#line.waiting("interactive") > this.#claims) this.#membership.join();
	}

	#describe(takingPart: boolean): Member {
		const now = this.#clock.now();
		const waiting = {
			interactive: this.#line.waiting("interactive"),
			bulk: this.#line.waiting("bulk"),
		};
		const foreseen = this.#demand.foresee(waiting, now);
		const wishes = takingPart ? foreseen : { interactive: 0, bulk: 0 };
		return {
			instance: this.#instance,
			at: now,
			wishes,
			...this.#counters,
			roundTripMs: this.#roundTrips.longest,
			usage: this.#usage.parts(),
		};
	}
}
