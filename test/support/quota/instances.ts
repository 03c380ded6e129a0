import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import { type Clock, sleepWith } from "../../../shared/clock.ts";
import type { Lane } from "../../../shared/command/command.ts";
import { createLog } from "../../../shared/log.ts";
import type { QuotaLimits } from "../../../shared/quota/plan.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import {
	type Key,
	type Range,
	type Row,
	type Table,
	TableError,
} from "../../../shared/table/table.ts";
import { MemoryTable } from "../table/memory-table.ts";

/** Nothing but promises settles between two timers here, so one turn of the event loop is enough. */
const oneTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Granted {
	/** Real time, in milliseconds since the epoch. */
	readonly at: number;
	readonly instance: number;
	readonly lane: Lane;
	readonly source: string;
}

/** What may go wrong between an instance and the table. */
export interface Fate {
	readonly delayMs: number;
	readonly fails?: "no" | "maybe";
}

/** Instances of the quota on one table, each with a clock and a way to the table of its own. */
export class Instances {
	readonly clock = new VirtualClock(Date.UTC(2026, 0, 1), oneTurn);
	readonly memory = new MemoryTable();
	readonly granted: Granted[] = [];
	readonly logged: string[] = [];
	readonly limits: QuotaLimits;
	readonly #random: () => number;
	readonly #dead = new Set<number>();
	/** Asked for each call of the table store. */
	fate: (instance: number) => Fate = () => ({ delayMs: 5 });
	readonly #quotas: SharedQuota[];

	constructor(limits: QuotaLimits, skewsMs: readonly number[], random: () => number = Math.random) {
		this.limits = limits;
		this.#random = random;
		this.#quotas = skewsMs.map(
			(skewMs, instance) =>
				new SharedQuota(limits, {
					table: this.#tableOf(instance),
					clock: this.#clockOf(instance, skewMs),
					random,
					log: createLog("info", (line) => this.logged.push(line)),
				}),
		);
	}

	/** From now on nothing that this instance has begun goes on. */
	kill(instance: number): void {
		this.#dead.add(instance);
	}

	quota(instance: number): SharedQuota {
		const quota = this.#quotas[instance];
		if (!quota) throw new Error(`there is no instance ${instance}`);
		return quota;
	}

	/** One call after the other, `inFlight` at once, for as long as the instance lives. */
	keepBusy(instance: number, inFlight: number, lane: Lane = "bulk", source = "", until?: number) {
		const quota = this.quota(instance);
		const callMs = 40;
		const one = async () => {
			while (until === undefined || this.clock.now() < until) {
				if (!(await quota.take(lane, Number.POSITIVE_INFINITY, source))) return;
				if (this.#dead.has(instance)) return;
				this.granted.push({ at: this.clock.now(), instance, lane, source });
				await this.clock.sleep(callMs);
				quota.report(lane, "taken");
			}
		};
		for (let n = 0; n < inFlight; n++) void one();
	}

	/** Calls granted in each window of this length, at the most. */
	busiest(windowMs: number): number {
		const times = this.granted.map(({ at }) => at).sort((left, right) => left - right);
		let most = 0;
		let first = 0;
		for (const [last, time] of times.entries()) {
			while ((times[first] ?? time) <= time - windowMs) first++;
			most = Math.max(most, last - first + 1);
		}
		return most;
	}

	#clockOf(instance: number, skewMs: number): Clock {
		const after = (ms: number, callback: () => void) =>
			this.clock.after(ms, () => {
				if (!this.#dead.has(instance)) callback();
			});
		return {
			now: () => this.clock.now() + skewMs,
			after,
			sleep: (ms, signal) => sleepWith({ after }, ms, signal),
		};
	}

	#tableOf(instance: number): Table {
		const call = async <T>(operation: () => Promise<T>): Promise<T> => {
			const { delayMs, fails } = this.fate(instance);
			await this.clock.sleep(delayMs * this.#random());
			if (this.#dead.has(instance) || fails === "no") throw failure("no");
			const result = await operation();
			await this.clock.sleep(delayMs * this.#random());
			if (fails === "maybe") throw failure("maybe");
			return result;
		};
		const { memory } = this;
		return {
			get: (table, key: Key) => call(() => memory.get(table, key)),
			put: (table, row: Row, condition) => call(() => memory.put(table, row, condition)),
			remove: (...args) => call(() => memory.remove(...args)),
			range: (table, range: Range) => call(() => memory.range(table, range)),
		};
	}
}

const failure = (applied: "no" | "maybe") =>
	new TableError("OTSTimeout", "on purpose", { retryable: true, applied });
