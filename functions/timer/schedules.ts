import { LOOKAHEAD_MS, type RunsDeps, startDueRuns } from "../../shared/lifecycle/runs.ts";
import type { Log } from "../../shared/log.ts";
import type { ScheduleDue } from "../../shared/store/schedule-store.ts";
import { ORPHAN_AGE_MS } from "./sweep.ts";

export interface SchedulesDeps extends RunsDeps {
	readonly log: Log;
}

export interface ScheduleResult {
	/** Schedules looked at. */
	readonly looked: number;
	/** Commands stored and handed on. */
	readonly fired: number;
}

/**
 * Starts the runs of every schedule that is due. A tick may die anywhere in
 * this, run twice or come late.
 *
 * @param until stops at this time (milliseconds since the epoch); the next tick goes on.
 */
export async function runSchedules(deps: SchedulesDeps, until: number): Promise<ScheduleResult> {
	const horizon = deps.clock.now() + LOOKAHEAD_MS;
	const results = await Promise.all(
		deps.schedules.shards().map(async (shard) => {
			let looked = 0;
			let fired = 0;
			for await (const page of deps.schedules.due(shard, horizon)) {
				const outcomes = await Promise.allSettled(
					page.map((due) => runSchedule(deps, due, horizon, until)),
				);
				looked += page.length;
				for (const outcome of outcomes) {
					if (outcome.status === "fulfilled") fired += outcome.value;
					// One schedule's trouble is not the others'; its wake-up stands, so the next tick tries again.
					else deps.log.error("a schedule failed", { error: String(outcome.reason) });
				}
				if (deps.clock.now() >= until) break;
			}
			return { looked, fired };
		}),
	);
	return {
		looked: results.reduce((sum, { looked }) => sum + looked, 0),
		fired: results.reduce((sum, { fired }) => sum + fired, 0),
	};
}

/** @returns how many commands were handed on. */
async function runSchedule(
	deps: SchedulesDeps,
	due: ScheduleDue,
	horizon: number,
	until: number,
): Promise<number> {
	const { schedules, clock } = deps;
	const stored = await schedules.get(due.scheduleId);
	if (!stored || stored.version < due.version) {
		// Its version is about to be written, or never will be.
		if (due.due.at + ORPHAN_AGE_MS <= clock.now()) await schedules.removeDue(due);
		return 0;
	}
	if (stored.version > due.version || stored.schedule.next !== due.due.at) {
		await schedules.removeDue(due);
		return 0;
	}
	return (await startDueRuns(deps, stored, horizon, until)).fired;
}
