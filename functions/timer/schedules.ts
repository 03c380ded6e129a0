import { LOOKAHEAD_MS, type RunsDeps, startDueRuns } from "../../shared/lifecycle/runs.ts";
import type { Log } from "../../shared/log.ts";
import type { Schedule } from "../../shared/schedule/schedule.ts";
import type { Stored } from "../../shared/stored.ts";

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
 * Starts the runs of every schedule that is due. A tick may end anywhere in
 * this, run twice or come late.
 *
 * @param until stops at this time (milliseconds since the epoch); the next tick goes on.
 */
export async function runSchedules(deps: SchedulesDeps, until: number): Promise<ScheduleResult> {
	const horizon = deps.clock.now() + LOOKAHEAD_MS;
	let looked = 0;
	let fired = 0;
	for await (const page of deps.schedules.due(horizon)) {
		if (deps.clock.now() >= until) break;
		looked += page.length;
		fired += await startAll(deps, page, horizon, until);
	}
	return { looked, fired };
}

/** All of them together; where that fails, one by one, so that one schedule's trouble is not the others'. */
async function startAll(
	deps: SchedulesDeps,
	page: readonly Stored<Schedule>[],
	horizon: number,
	until: number,
): Promise<number> {
	try {
		return (await startDueRuns(deps, page, horizon, until)).fired;
	} catch (error) {
		const [only, ...others] = page;
		if (only && others.length === 0) {
			deps.log.error("a schedule failed", { schedule: only.document.id, error: String(error) });
			return 0;
		}
		const fired = await Promise.all(page.map((one) => startAll(deps, [one], horizon, until)));
		return fired.reduce((sum, count) => sum + count, 0);
	}
}
