import { cronTimes, type WallTimes, wallTime } from "./cron.ts";
import type { Definition, DstPolicy, When } from "./schedule.ts";
import { DAY_MS, findZone, type Transition, type Zone } from "./zone.ts";

/** A time at which a schedule fires, or would if its policies let it. */
export interface Occurrence {
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** Which change of the clocks shaped it: in the gap, or the first or second of two equal times. */
	readonly dst?: "gap" | "first" | "second";
	/** What the clocks would have shown, as if it were UTC: only of a time in the gap. */
	readonly wall?: number;
	/** False: the policy leaves it out. */
	readonly runs: boolean;
}

/** More than any zone's distance from UTC, and than any change of it. */
const FAR_MS = 2 * DAY_MS;
/** How far ahead one step looks for a change of the clocks. */
const STEP_MS = 400 * DAY_MS;

/** A definition's times, in ascending order, none of them twice; `createdAt` anchors an interval without a start. */
export function* occurrences(
	definition: Pick<Definition, "when" | "dst" | "startAt" | "endAt">,
	createdAt: number,
	after: number,
): Generator<Occurrence, void, undefined> {
	const { when, dst, startAt, endAt } = definition;
	const begin = startAt === undefined ? after : Math.max(after, startAt - 1);
	for (const occurrence of allTimes(when, dst, createdAt, begin)) {
		if (endAt !== undefined && occurrence.at >= endAt) return;
		yield occurrence;
	}
}

function allTimes(when: When, dst: DstPolicy, createdAt: number, after: number) {
	if (when.kind === "every") return intervals(when.seconds * 1000, when.from, createdAt, after);
	const zone = findZone(when.timeZone);
	if (!zone) throw new Error(`no time zone ${when.timeZone}`);
	const times = when.kind === "cron" ? patternOf(when.cron) : single(when.at);
	return zoned(times, zone, dst, after);
}

function* intervals(
	everyMs: number,
	from: number | undefined,
	createdAt: number,
	after: number,
): Generator<Occurrence, void, undefined> {
	const first = from ?? Math.ceil(createdAt / 1000) * 1000 + everyMs;
	const passed = Math.max(0, Math.floor((after - first) / everyMs) + 1);
	for (let at = first + passed * everyMs; ; at += everyMs) yield { at, runs: true };
}

/** Patterns of this many schedules stay compiled in an instance. */
const MAX_PATTERNS = 10_000;
const patterns = new Map<string, WallTimes>();

function patternOf(cron: string): WallTimes {
	const known = patterns.get(cron);
	if (known) return known;
	if (patterns.size >= MAX_PATTERNS) patterns.clear();
	const times = cronTimes(cron);
	patterns.set(cron, times);
	return times;
}

function single(at: string): WallTimes {
	const time = wallTime(at);
	return { next: (after) => (time !== undefined && time > after ? time : undefined) };
}

/**
 * Walks along the stretches of constant offset, on each of which clock and time
 * run alike; what falls between two of them, or into both, goes by the policy.
 */
function* zoned(
	times: WallTimes,
	zone: Zone,
	dst: DstPolicy,
	after: number,
): Generator<Occurrence, void, undefined> {
	let previous = zone.latest(after);
	let offset = zone.offsetAt(after);
	let from = after;
	for (let begin = after; ; ) {
		const change = zone.next(begin, begin + STEP_MS);
		const end = change?.at ?? begin + STEP_MS;
		const repeatedUntil = previous ? previous.at + previous.before : Number.NEGATIVE_INFINITY;
		let wall = from + offset;
		if (dst.twice === "first") wall = Math.max(wall, repeatedUntil - 1);
		let next: number | undefined;
		for (;;) {
			next = times.next(wall);
			if (next === undefined) return;
			if (next - offset >= end) break;
			yield {
				at: next - offset,
				runs: true,
				...(next < repeatedUntil
					? { dst: "second" }
					: isFirst(next, change)
						? { dst: "first" }
						: {}),
			};
			wall = next;
		}
		begin = end;
		from = end - 1;
		if (!change) {
			// Where the next time is years ahead, all between it and now is passed over.
			const soonest = next - FAR_MS;
			if (soonest <= begin + FAR_MS || zone.next(begin, begin + FAR_MS)) continue;
			begin = soonest;
			from = soonest;
			offset = zone.offsetAt(begin);
			previous = zone.latest(begin);
			continue;
		}
		const lost = inGap(times, change);
		if (lost !== undefined) {
			const runs = dst.gap === "shift";
			yield { at: change.at, dst: "gap", wall: lost, runs };
			// The first moment after the gap may be one of the pattern's own times: one run, not two.
			if (runs) from = change.at;
		}
		offset = change.after;
		previous = change;
	}
}

const isFirst = (wall: number, change: Transition | undefined): boolean =>
	change !== undefined && wall >= change.at + change.after;

function inGap(times: WallTimes, { at, before, after }: Transition): number | undefined {
	if (after <= before) return undefined;
	const lost = times.next(at + before - 1);
	return lost !== undefined && lost < at + after ? lost : undefined;
}
