import { type Occurrence, occurrences } from "./occurrences.ts";
import { jitterMs, runCommandId } from "./run.ts";
import { type Definition, type RunRecord, type Schedule, withRecords } from "./schedule.ts";

/** A run whose commands may be stored already, but are not due yet. */
export interface Pending {
	readonly at: number;
	readonly commands: readonly string[];
}

/** The first time at `from` or later at which the schedule fires. */
export function firstRun(
	definition: Pick<Definition, "when" | "dst" | "startAt" | "endAt">,
	createdAt: number,
	from: number,
): number | undefined {
	return running(occurrences(definition, createdAt, from - 1)).next().value?.at;
}

function* running(times: Iterable<Occurrence>): Generator<Occurrence, undefined, undefined> {
	for (const time of times) if (time.runs) yield time;
	return undefined;
}

/** @param by name of the API key that asks for it. */
export function createSchedule(
	id: string,
	definition: Definition,
	now: number,
	by?: string,
): Schedule {
	return withNext(
		{
			...definition,
			id,
			revision: 1,
			status: "active",
			runs: 0,
			skips: [],
			lastRuns: [],
			...(by === undefined ? {} : { by }),
			createdAt: now,
			updatedAt: now,
		},
		now,
	);
}

/** Runs that a tick has handed on and that can still be called back. */
export function pendingRuns(schedule: Schedule, now: number): Pending[] {
	const pending: Pending[] = [];
	const from = now - schedule.jitterSeconds * 1000 - 1;
	const handled = schedule.next ?? Number.POSITIVE_INFINITY;
	const begun = schedule.lastFired?.revision === schedule.revision ? schedule.lastFired.at : from;
	for (const { at, runs } of occurrences(schedule, schedule.createdAt, from)) {
		if (at >= handled || at > begun) break;
		if (runs && !schedule.skips.includes(at) && at + jitterMs(schedule, at) > now) {
			const commands = schedule.devices.map((device) => runCommandId(schedule, at, device));
			pending.push({ at, commands });
		}
	}
	return pending;
}

/** What calling back did: which pending runs were stopped, and up to when runs have begun after all. */
export interface CalledBack {
	readonly canceled: readonly Pending[];
	/** The last pending run that could not be stopped. */
	readonly begunAt?: number;
}

/** Another wording. Where the times stay the same, a run that is due at this moment is not lost. */
export function replaceDefinition(
	schedule: Schedule,
	definition: Definition,
	{ canceled, begunAt }: CalledBack,
	now: number,
	by?: string,
): Schedule {
	const { id, revision, status, runs, lastRuns, lastFired, createdAt, next } = schedule;
	const sameTimes = JSON.stringify(schedule.when) === JSON.stringify(definition.when);
	const goesOnAt = Math.min(canceled[0]?.at ?? next ?? now, next ?? now);
	const from = sameTimes && status !== "paused" ? goesOnAt : now;
	const edited: Schedule = {
		...definition,
		id,
		revision: revision + 1,
		status: status === "paused" ? "paused" : "active",
		runs: runs - canceled.length,
		skips: sameTimes ? schedule.skips : [],
		lastRuns: withoutPending(lastRuns, canceled),
		...(lastFired ? { lastFired } : {}),
		...(by === undefined ? {} : { by }),
		createdAt,
		updatedAt: now,
	};
	const goesOn = Math.max(from, (begunAt ?? Number.NEGATIVE_INFINITY) + 1);
	return withNext(withRecords(edited, notTaken(schedule, goesOn), now), goesOn);
}

/** Runs that are due, that no tick has come for yet, and that are taken away: they are missed. */
function notTaken(schedule: Schedule, until: number): RunRecord[] {
	const { next, status, skips, createdAt } = schedule;
	if (status !== "active" || next === undefined || next >= until) return [];
	for (const { at } of running(occurrences(schedule, createdAt, next - 1))) {
		if (at >= until) break;
		if (!skips.includes(at)) return [{ at, outcome: "missed", until }];
	}
	return [];
}

export function pause(schedule: Schedule, { canceled }: CalledBack, now: number): Schedule {
	const { next: _, ...rest } = schedule;
	const paused: Schedule = {
		...rest,
		revision: schedule.revision + 1,
		status: "paused",
		runs: schedule.runs - canceled.length,
		lastRuns: withoutPending(schedule.lastRuns, canceled),
		updatedAt: now,
	};
	return withRecords(
		paused,
		[
			...canceled.map(({ at, commands }) => ({ at, outcome: "canceled", commands }) as const),
			...notTaken(schedule, now),
		],
		now,
	);
}

/** Runs that fell into the pause are not made up for. */
export function resume(schedule: Schedule, now: number): Schedule {
	return withNext({ ...schedule, status: "active", updatedAt: now }, now);
}

/** Takes note that a run which was handed on already has been called back. */
export function skipPending(schedule: Schedule, run: Pending, now: number): Schedule {
	const skipped: Schedule = {
		...schedule,
		runs: schedule.runs - 1,
		skips: [...schedule.skips, run.at],
		lastRuns: withoutPending(schedule.lastRuns, [run]),
		updatedAt: now,
	};
	const noted = withRecords(
		skipped,
		[{ at: run.at, outcome: "skipped", commands: run.commands }],
		now,
	);
	// It may have been the last of `maxRuns`: then another one takes its place.
	const { lastFired } = schedule;
	return noted.status === "ended" ? withNext(noted, (lastFired?.at ?? now) + 1) : noted;
}

/** The next run that is not left out already; undefined where none will come. */
export function nextToSkip(schedule: Schedule): number | undefined {
	if (schedule.status !== "active" || schedule.next === undefined) return undefined;
	for (const { at } of running(occurrences(schedule, schedule.createdAt, schedule.next - 1))) {
		if (!schedule.skips.includes(at)) return at;
	}
	return undefined;
}

/** When the schedule sends next, whether that is handed on already or not. */
export function nextRun(schedule: Schedule, now: number): number | undefined {
	return pendingRuns(schedule, now)[0]?.at ?? nextToSkip(schedule);
}

function withNext(schedule: Schedule, from: number): Schedule {
	const { next: _, ...rest } = schedule;
	if (rest.status === "paused") return rest;
	const spent = rest.maxRuns !== undefined && rest.runs >= rest.maxRuns;
	const next = spent ? undefined : firstRun(rest, rest.createdAt, from);
	return next === undefined ? { ...rest, status: "ended" } : { ...rest, status: "active", next };
}

function withoutPending(
	records: readonly RunRecord[],
	pending: readonly { readonly at: number }[],
): RunRecord[] {
	const gone = new Set(pending.map(({ at }) => at));
	return records.filter(({ at, outcome }) => !(outcome === "fired" && gone.has(at)));
}
