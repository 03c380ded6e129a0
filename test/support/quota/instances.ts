import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import { type Clock, sleepWith } from "../../../shared/clock.ts";
import type { Lane } from "../../../shared/command/command.ts";
import { createLog } from "../../../shared/log.ts";
import type { QuotaLimits } from "../../../shared/quota/book.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import {
	type Key,
	type Range,
	type Row,
	type Table,
	TableError,
} from "../../../shared/table/table.ts";
import { seededRandom } from "../random.ts";
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
	/** Each way takes up to so long. */
	readonly delayMs: number;
	/** Each way takes exactly that. */
	readonly exact?: boolean;
	readonly fails?: "no" | "maybe";
}

/** Instances of the quota on one table, each with a clock and a way to the table of its own. */
export class Instances {
	readonly clock = new VirtualClock(Date.UTC(2026, 0, 1), oneTurn);
	readonly memory = new MemoryTable();
	readonly granted: Granted[] = [];
	readonly logged: string[] = [];
	/** Every row that was ever written. */
	readonly written: Row[] = [];
	/** Timers that fired in the quota itself. */
	timersOfQuota = 0;
	/** Calls of the table store. */
	calls = 0;
	/** As they are paid for: a range counts the rows that it returned, at least one. */
	rowOperations = 0;
	readonly limits: QuotaLimits;
	readonly #random: () => number;
	readonly #startedAt = this.clock.now();
	readonly #dead = new Set<number>();
	readonly #frozen = new Map<number, Array<() => void>>();
	/** Asked for each call of the table store. */
	fate: (instance: number) => Fate = () => ({ delayMs: 5 });
	readonly #quotas: SharedQuota[];

	constructor(limits: QuotaLimits, skewsMs: readonly number[], random = seededRandom(1)) {
		this.limits = limits;
		this.#random = random;
		this.#quotas = skewsMs.map(
			(skewMs, instance) =>
				new SharedQuota(limits, {
					table: this.#tableOf(instance),
					clock: this.#clockOf(instance, skewMs, () => this.timersOfQuota++),
					random,
					log: createLog("info", (line) => this.logged.push(line)),
				}),
		);
	}

	/** From now on nothing that this instance has begun goes on. */
	kill(instance: number): void {
		this.#dead.add(instance);
	}

	/** No timer of this instance runs until it is thawed. */
	freeze(instance: number): void {
		this.#frozen.set(instance, []);
	}

	/** What was due meanwhile runs now. */
	thaw(instance: number): void {
		const due = this.#frozen.get(instance) ?? [];
		this.#frozen.delete(instance);
		for (const callback of due) callback();
	}

	quota(instance: number): SharedQuota {
		const quota = this.#quotas[instance];
		if (!quota) throw new Error(`there is no instance ${instance}`);
		return quota;
	}

	/** Calls granted between two times after the start, to one instance or to all. */
	grantedBetween(fromMs: number, toMs: number, instance?: number): number {
		const from = this.#startedAt + fromMs;
		const to = this.#startedAt + toMs;
		return this.granted.filter(
			({ at, instance: by }) => at >= from && at < to && (instance ?? by) === by,
		).length;
	}

	/** One call after the other, `inFlight` at once, for as long as the instance lives. */
	keepBusy(instance: number, inFlight: number, lane: Lane = "bulk", source = "", until?: number) {
		const quota = this.quota(instance);
		const clock = this.#clockOf(instance, 0);
		const callMs = 40;
		const one = async () => {
			while (until === undefined || this.clock.now() < until) {
				if (!(await quota.take(lane, Number.POSITIVE_INFINITY, source))) return;
				if (this.#dead.has(instance)) return;
				this.granted.push({ at: this.clock.now(), instance, lane, source });
				await clock.sleep(callMs);
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

	#clockOf(instance: number, skewMs: number, count: () => void = () => {}): Clock {
		const after = (ms: number, callback: () => void) =>
			this.clock.after(ms, () => {
				if (this.#dead.has(instance)) return;
				const due = this.#frozen.get(instance);
				if (due) {
					due.push(callback);
					return;
				}
				count();
				callback();
			});
		return {
			now: () => this.clock.now() + skewMs,
			after,
			sleep: (ms, signal) => sleepWith({ after }, ms, signal),
		};
	}

	#tableOf(instance: number): Table {
		const clock = this.#clockOf(instance, 0);
		const call = async <T>(operation: () => Promise<T>): Promise<T> => {
			const { delayMs, exact, fails } = this.fate(instance);
			const oneWay = () => clock.sleep(exact ? delayMs : delayMs * this.#random());
			this.calls++;
			await oneWay();
			if (this.#dead.has(instance) || fails === "no") throw failure("no");
			const result = await operation();
			this.rowOperations += Array.isArray(result) ? Math.max(1, result.length) : 1;
			await oneWay();
			if (fails === "maybe") throw failure("maybe");
			return result;
		};
		const { memory } = this;
		return {
			get: (table, key: Key) => call(() => memory.get(table, key)),
			put: (table, row: Row, condition) =>
				call(async () => {
					const done = await memory.put(table, row, condition);
					if (done) this.written.push(row);
					return done;
				}),
			remove: (...args) => call(() => memory.remove(...args)),
			range: (table, range: Range) => call(() => memory.range(table, range)),
		};
	}
}

const failure = (applied: "no" | "maybe") =>
	new TableError("OTSTimeout", "on purpose", { retryable: true, applied });
