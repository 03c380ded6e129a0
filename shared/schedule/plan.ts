import type { DeviceRef } from "../command/device.ts";
import { type Occurrence, occurrences } from "./occurrences.ts";
import { jitterMs, runCommandId } from "./run.ts";
import { type RunRecord, type Schedule, withRecords } from "./schedule.ts";

/**
 * A run whose tick comes this late counts as missed; up to then it is merely
 * late. One dropped tick is no outage.
 */
export const MISSED_AFTER_MS = 60_000;
/** Runs of one schedule that are stored before its row says so. */
const MAX_RUNS_A_STEP = 100;
/** A run that was called back before its time must stay so if the schedule is edited meanwhile: longer than any jitter. */
const FORGET_SKIPS_AFTER_MS = 2 * 3_600_000;
/** A search for the latest missed run begins with this much time and takes eight times more on each failure. */
const FIRST_WINDOW_MS = 64_000;

export interface Run {
	/** The run's time by the schedule. */
	readonly at: number;
	/** When its commands are to be sent. */
	readonly dueAt: number;
	/** One for each device. */
	readonly commands: ReadonlyArray<{ readonly id: string; readonly device: DeviceRef }>;
}

export interface Plan {
	/** Runs to start, in order. */
	readonly runs: readonly Run[];
	/** The schedule once they are started. */
	readonly schedule: Schedule;
}

/**
 * What is to be done for a schedule at `now`: everything due before `horizon`.
 * Where that is too much for one step, the schedule is due at once again.
 *
 * @returns undefined if nothing is due.
 */
export function plan(schedule: Schedule, now: number, horizon: number): Plan | undefined {
	if (schedule.status !== "active" || schedule.next === undefined) return undefined;
	if (schedule.next >= horizon) return undefined;
	const step = new Step(schedule, now);
	const missedBefore = now - MISSED_AFTER_MS;
	const next = step.makeUp(missedBefore) ?? step.take(missedBefore, horizon);
	return step.result(next);
}

class Step {
	readonly #schedule: Schedule;
	readonly #now: number;
	readonly #begin: number;
	readonly #runs: Run[] = [];
	readonly #records: RunRecord[] = [];

	constructor(schedule: Schedule, now: number) {
		this.#schedule = schedule;
		this.#now = now;
		this.#begin = schedule.next ?? now;
	}

	/** Applies the policy to what was missed. @returns where to go on, if this step has all it can take. */
	makeUp(missedBefore: number): number | undefined {
		if (this.#begin >= missedBefore) return undefined;
		const { within, run } = this.#schedule.missed;
		const oldest = Math.max(this.#begin, this.#now - within * 1000);
		if (run === "all") {
			this.#missed(this.#begin, oldest);
			for (const { at } of this.#times(oldest, missedBefore)) {
				if (this.#isFull()) return at;
				if (this.#isSpent()) return undefined;
				this.#start(at, "caught-up");
			}
			return undefined;
		}
		const latest = run === "latest" ? this.#latest(oldest, missedBefore) : undefined;
		this.#missed(this.#begin, latest ?? missedBefore);
		if (latest !== undefined) this.#start(latest, "caught-up");
		return undefined;
	}

	/** Starts what is due and not missed. @returns the first run that is left for later. */
	take(missedBefore: number, horizon: number): number | undefined {
		const from = Math.max(this.#begin, missedBefore);
		for (const { at } of this.#times(from, Number.POSITIVE_INFINITY)) {
			if (at >= horizon || this.#isFull()) return at;
			if (this.#isSpent()) return undefined;
			this.#start(at, "fired");
		}
		return undefined;
	}

	result(next: number | undefined): Plan {
		const schedule = withRecords(this.#schedule, this.#records, this.#now);
		const { next: _, ...rest } = schedule;
		const lastRun = this.#runs.at(-1);
		const goesOn = next !== undefined && !this.#isSpent();
		return {
			runs: this.#runs,
			schedule: {
				...rest,
				status: goesOn ? "active" : "ended",
				...(goesOn ? { next } : {}),
				runs: schedule.runs + this.#runs.length,
				skips: schedule.skips.filter((at) => at > this.#now - FORGET_SKIPS_AFTER_MS),
				...(lastRun ? { lastFired: { at: lastRun.at, revision: schedule.revision } } : {}),
				updatedAt: this.#now,
			},
		};
	}

	#start(at: number, outcome: "fired" | "caught-up"): void {
		if (this.#isSpent()) return;
		if (this.#schedule.skips.includes(at)) {
			this.#records.push({ at, outcome: "skipped" });
			return;
		}
		const dueAt = Math.max(this.#now, at + jitterMs(this.#schedule, at));
		const commands = this.#schedule.devices.map((device) => ({
			id: runCommandId(this.#schedule, at, device),
			device,
		}));
		this.#runs.push({ at, dueAt, commands });
		this.#records.push({ at, outcome, dueAt, commands: commands.map(({ id }) => id) });
	}

	/** One record for all runs from `from` until `until`, if there are any. */
	#missed(from: number, until: number): void {
		const [first] = this.#times(from, until);
		if (first) this.#records.push({ at: first.at, outcome: "missed", until });
	}

	/** The last time in a stretch, without walking through all of one that may hold a day of seconds. */
	#latest(from: number, before: number): number | undefined {
		for (let window = FIRST_WINDOW_MS; ; window *= 8) {
			const begin = Math.max(from, before - window);
			const last = [...this.#times(begin, before)].at(-1);
			if (last || begin === from) return last?.at;
		}
	}

	/** Times from `from`, inclusive, to `before`, exclusive. */
	*#times(from: number, before: number): Generator<Occurrence, void, undefined> {
		const { createdAt } = this.#schedule;
		for (const occurrence of occurrences(this.#schedule, createdAt, from - 1)) {
			if (occurrence.at >= before) return;
			if (occurrence.runs) yield occurrence;
		}
	}

	#isFull(): boolean {
		return this.#records.length >= MAX_RUNS_A_STEP;
	}

	#isSpent(): boolean {
		const { maxRuns, runs } = this.#schedule;
		return maxRuns !== undefined && runs + this.#runs.length >= maxRuns;
	}
}
