import { pendingRuns } from "./edit.ts";
import { type Occurrence, occurrences } from "./occurrences.ts";
import { MISSED_AFTER_MS } from "./plan.ts";
import { jitterMs } from "./run.ts";
import type { Schedule, When } from "./schedule.ts";
import { findZone, localText } from "./zone.ts";

interface PreviewedRun {
	readonly at: number;
	/** Later than `at` by the jitter. */
	readonly dueAt: number;
	/** `at` as the clocks of the schedule's zone show it. */
	readonly local: string;
	/** The policies that made the run what it is, in words such as `dst.gap: shift`. */
	readonly shapedBy: readonly string[];
}

interface LeftOut {
	readonly local: string;
	readonly because: string;
}

export interface Preview {
	readonly runs: readonly PreviewedRun[];
	/** Times up to the last of `runs` at which nothing runs. */
	readonly leftOut: readonly LeftOut[];
}

/** A schedule that leaves out everything would be walked through without end. */
const MAX_LEFT_OUT = 1_000;

/** The next runs, exactly as the ticks will start them; of a paused schedule, as if it were resumed now. */
export function preview(schedule: Schedule, count: number, now: number): Preview {
	const runs: PreviewedRun[] = [];
	const leftOut: LeftOut[] = [];
	const pending = pendingRuns(schedule, now);
	const left = (schedule.maxRuns ?? Number.POSITIVE_INFINITY) - schedule.runs + pending.length;
	const wanted = Math.min(count, left);
	const begin = pending[0]?.at ?? beginOf(schedule, now);
	if (begin === undefined) return { runs, leftOut };
	for (const time of occurrences(schedule, schedule.createdAt, begin - 1)) {
		if (runs.length >= wanted || leftOut.length >= MAX_LEFT_OUT) break;
		const local = localOf(schedule.when, time.at);
		if (schedule.skips.includes(time.at)) leftOut.push({ local, because: "skip" });
		else if (time.runs) {
			const jitter = jitterMs(schedule, time.at);
			runs.push({ at: time.at, dueAt: time.at + jitter, local, shapedBy: shapes(schedule, time) });
		} else {
			const wall = new Date(time.wall ?? time.at).toISOString().slice(0, 19);
			leftOut.push({ local: wall, because: "dst.gap: skip" });
		}
	}
	return { runs, leftOut };
}

function beginOf({ status, next }: Schedule, now: number): number | undefined {
	if (status === "ended") return undefined;
	return status === "paused" || next === undefined ? now : Math.max(next, now - MISSED_AFTER_MS);
}

function shapes(schedule: Schedule, { at, dst, wall }: Occurrence): string[] {
	const found: string[] = [];
	if (dst === "gap" && wall !== undefined) {
		const text = new Date(wall).toISOString().slice(0, 19);
		found.push(`dst.gap: shift (there is no ${text})`);
	}
	if (dst === "first") {
		found.push(`dst.twice: ${schedule.dst.twice} (the first of two such times)`);
	}
	if (dst === "second") found.push("dst.twice: both (the second of two such times)");
	const jitter = jitterMs(schedule, at);
	if (jitter > 0) found.push(`jitterSeconds: +${jitter / 1000} s`);
	return found;
}

function localOf(when: When, at: number): string {
	const zone = when.kind === "every" ? undefined : findZone(when.timeZone);
	return localText(at, zone?.offsetAt(at) ?? 0);
}
