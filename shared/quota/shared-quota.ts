import type { Clock } from "../clock.ts";
import type { Lane } from "../command/command.ts";
import type { Log } from "../log.ts";
import type { Table } from "../table/table.ts";
import { CallTimes, GRACE_MS } from "./call-times.ts";
import { Demand } from "./demand.ts";
import {
	callTimes,
	type Member,
	type QuotaLimits,
	reserveOf,
	standingReserve,
	staticCallTimes,
} from "./plan.ts";
import { Planning } from "./planning.ts";
import type { Quota } from "./quota.ts";
import { QuotaStore } from "./quota-store.ts";
import { claimReserve } from "./reserve.ts";
import { Rounds } from "./rounds.ts";
import { periodOf, sliceAt } from "./slice.ts";
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
/** More interactive commands than this at once wait for a plan. */
const MAX_CLAIMS = 4;

/** Saying good-bye may delay the end of an invocation by so much. */
const LEAVE_MS = 500;

/** Two in one process are never one member, not even with the same random source. */
let instances = 0;

/**
 * The account's quota, shared with all other instances through the table
 * store. Time is cut into slices; each slice has one plan, drawn up by
 * whichever instance is first and read by all, that says who may make how many
 * calls in it. Without a plan there are no calls, whatever else goes wrong: so
 * there are never more than planned.
 */
export class SharedQuota implements Quota {
	readonly #limits: QuotaLimits;
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #log: Log;
	readonly #store: QuotaStore;
	readonly #planning: Planning;
	readonly #rounds: Rounds;
	readonly #instance: string;

	readonly #line = new WaitingLine();
	readonly #times = new CallTimes();
	readonly #demand = new Demand();
	readonly #usage = new Usage();
	#counters = { sent: 0, throttled: 0, reserveWanted: 0 };
	#claims = 0;
	#untold = false;
	#telling: Promise<void> | undefined;
	#timer: { readonly at: number; readonly cancel: () => void } | undefined;

	constructor(limits: QuotaLimits, deps: SharedQuotaDeps) {
		const { table, clock, random } = deps;
		this.#limits = limits;
		this.#clock = clock;
		this.#random = random;
		this.#log = deps.log;
		this.#store = new QuotaStore(table);
		this.#planning = new Planning(this.#store, clock, limits);
		this.#instance = `${random().toString(36).slice(2, 12)}-${instances++}`;
		const phase = random();
		this.#rounds = new Rounds({
			...deps,
			store: this.#store,
			planning: this.#planning,
			instance: this.#instance,
			describe: (takingPart) => this.#describe(takingPart),
			quiet: () => this.#line.size === 0 && this.#demand.quiet,
			follow: (plan) => this.#add(callTimes(plan, this.#instance)),
			manageAlone: (slice) => this.#add(staticCallTimes(slice, limits, phase)),
			beginSlice: () => this.#line.dismiss(clock.now()),
		});
	}

	take(lane: Lane, until: number, source = ""): Promise<boolean> {
		this.#demand.arrive(lane);
		return new Promise((decide) => {
			this.#line.add(lane, source, { until, decide });
			this.#serve();
			if (this.#line.waiting(lane) === 0) return;
			if (lane === "bulk" || this.#claims >= MAX_CLAIMS) this.#rounds.join();
			else if (this.#line.waiting(lane) > this.#claims) void this.#claim();
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
		if (!this.#rounds.active) this.#tell();
	}

	async leave(): Promise<void> {
		if (this.#line.size > 0) return;
		const late = this.#clock.sleep(LEAVE_MS);
		await Promise.race([this.#rounds.leave().then(() => this.#telling), late]).catch(
			(error: Error) => this.#log.debug("the others were not told", { error: error.message }),
		);
	}

	/** What was called outside of the rounds: the reserve grows with what is wanted of it. */
	#tell(): void {
		this.#untold = true;
		this.#telling ??= this.#tellAll().finally(() => {
			this.#telling = undefined;
		});
	}

	async #tellAll(): Promise<void> {
		while (this.#untold) {
			this.#untold = false;
			await this.#store.publish(this.#describe(this.#rounds.active)).catch(() => {});
		}
	}

	#add(times: readonly number[]): void {
		this.#times.add(times);
		this.#serve();
	}

	#serve(): void {
		const now = this.#clock.now();
		this.#line.dismiss(now);
		while (this.#line.waiting("interactive") > 0 && this.#times.take(now, AHEAD_MS)) {
			this.#grant("interactive");
		}
		while (this.#line.waiting("bulk") > 0 && this.#times.take(now, 0)) this.#grant("bulk");
		this.#setTimer(now);
	}

	#grant(lane: Lane): void {
		this.#usage.count(this.#clock.now(), lane, "granted");
		this.#line.next(lane)?.decide(true);
	}

	#setTimer(now: number): void {
		const next = this.#line.size > 0 ? this.#times.next(now) : undefined;
		const aheadMs = this.#line.waiting("interactive") > 0 ? AHEAD_MS : 0;
		const at = next === undefined ? undefined : next - aheadMs;
		if (at === this.#timer?.at) return;
		this.#timer?.cancel();
		this.#timer = undefined;
		if (at === undefined) return;
		const cancel = this.#clock.after(Math.max(0, Math.ceil(at - now)), () => {
			this.#timer = undefined;
			this.#serve();
		});
		this.#timer = { at, cancel };
	}

	/** For an interactive command that has no call in sight here: one of the reserve, or a part in the plans. */
	async #claim(): Promise<void> {
		this.#claims++;
		this.#counters.reserveWanted++;
		const slice = sliceAt(this.#clock.now());
		const claimed = await claimReserve(this.#store, {
			period: periodOf(slice),
			standing: standingReserve(slice, this.#limits),
			planned: async () => reserveOf(await this.#planning.read(slice), slice, this.#limits),
			instance: this.#instance,
			random: this.#random,
		}).catch(() => false);
		this.#claims--;
		const inTime = periodOf(sliceAt(this.#clock.now() - GRACE_MS)) <= periodOf(slice);
		if (claimed && inTime && this.#line.waiting("interactive") > 0) {
			this.#grant("interactive");
			this.#setTimer(this.#clock.now());
		}
		if (this.#line.waiting("interactive") > this.#claims) this.#rounds.join();
	}

	#describe(takingPart: boolean): Member {
		const waiting = {
			interactive: this.#line.waiting("interactive"),
			bulk: this.#line.waiting("bulk"),
		};
		const wishes = this.#demand.foresee(waiting);
		const latest = this.#planning.latest;
		return {
			instance: this.#instance,
			at: this.#clock.now(),
			wishes: takingPart ? wishes : { interactive: 0, bulk: 0 },
			...this.#counters,
			usage: this.#usage.parts(),
			...(latest ? { found: { slice: latest.slice, rate: latest.rate } } : {}),
		};
	}
}
