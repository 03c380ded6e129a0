import { cancel } from "../../../shared/lifecycle/cancel.ts";
import { LOOKAHEAD_MS, startDueRuns } from "../../../shared/lifecycle/runs.ts";
import {
	type CalledBack,
	nextToSkip,
	type Pending,
	pendingRuns,
	skipPending,
} from "../../../shared/schedule/edit.ts";
import type { Schedule } from "../../../shared/schedule/schedule.ts";
import { DamagedRow, orDamaged } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import type { HttpDeps } from "../deps.ts";
import { Problem } from "../problem.ts";

/** What a caller may wait for runs to be handed on. */
const START_WITHIN_MS = 10_000;
/** More runs that are left out one by one than anybody asks for by hand. */
const MAX_SKIPS = 100;

/** Leaves out exactly the next run, also one that a tick has handed on already. */
export async function skip(deps: HttpDeps, schedule: Schedule): Promise<Schedule> {
	const now = deps.clock.now();
	for (const run of pendingRuns(schedule, now)) {
		if (await cancelRun(deps, run)) return skipPending(schedule, run, now);
	}
	const at = nextToSkip(schedule);
	if (at === undefined) {
		throw new Problem("state-conflict", `the schedule is ${schedule.status}: no run is to come`);
	}
	if (schedule.skips.length >= MAX_SKIPS) {
		throw new Problem("state-conflict", `${MAX_SKIPS} runs are left out already; pause it instead`);
	}
	return { ...schedule, skips: [...schedule.skips, at], updatedAt: now };
}

/** Stops what a tick has handed on and is not due yet. */
export async function callBack(deps: HttpDeps, schedule: Schedule): Promise<CalledBack> {
	const canceled: Pending[] = [];
	let begunAt: number | undefined;
	for (const run of pendingRuns(schedule, deps.clock.now())) {
		if (await cancelRun(deps, run)) canceled.push(run);
		else begunAt = run.at;
	}
	return { canceled, ...(begunAt === undefined ? {} : { begunAt }) };
}

/** @returns false if one of its commands has begun, or cannot be read. */
async function cancelRun(deps: HttpDeps, run: Pending): Promise<boolean> {
	const ends = await Promise.all(run.commands.map((id) => orDamaged(cancel(deps, id))));
	return ends.every((end) => !end || (!(end instanceof DamagedRow) && end.canceled));
}

/** A run that is due before the next tick is handed on here, or it would come up to a minute late. */
export async function startNow(
	deps: HttpDeps,
	stored: Stored<Schedule>,
): Promise<Stored<Schedule>> {
	const now = deps.clock.now();
	try {
		const horizon = now + LOOKAHEAD_MS;
		const started = await startDueRuns(deps, [stored], horizon, now + START_WITHIN_MS);
		return started.schedules[0] ?? stored;
	} catch (error) {
		// The change stands; what is left to do, the next tick does.
		deps.log.warn("runs were left to the next tick", { error: (error as Error).message });
		return stored;
	}
}
