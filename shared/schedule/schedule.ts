import { requestSchema } from "../command/command.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;
/** Milliseconds since the epoch, as every instant here. */
const instant = z.number();

/** When a schedule fires. Wall-clock times are kept as their text. */
const when = z.union([
	z.object({ kind: z.literal("at"), at: z.string(), timeZone: z.string() }),
	z.object({ kind: z.literal("cron"), cron: z.string(), timeZone: z.string() }),
	z.object({
		kind: z.literal("every"),
		seconds: z.number(),
		/** The first run; absent: one interval after the schedule was created. */
		from: optional(instant),
	}),
]);

/** What happens to wall-clock times that a change of the zone's offset leaves out, or repeats. */
const dst = z.object({
	/** `skip`: no run; `shift`: one run at the first moment after the gap. */
	gap: z.enum(["skip", "shift"]),
	twice: z.enum(["first", "both"]),
});

export const OVERLAPS = ["allow", "skip", "queue"] as const;

/** What the owner of a schedule says; all of it is replaced by a PUT. */
const definitionSchema = z.object({
	name: optional(z.string()),
	when,
	devices: z.readonly(z.array(requestSchema.shape.device)),
	command: z.omit(requestSchema, { device: true }),
	/** No run before this instant. */
	startAt: optional(instant),
	/** No run at this instant or later. */
	endAt: optional(instant),
	maxRuns: optional(z.number()),
	dst,
	/** What becomes of runs that could not be started in time. */
	missed: z.object({
		/** Seconds; an older run is never made up for. */
		within: z.number(),
		run: z.enum(["latest", "all", "none"]),
	}),
	/** Whether a device's run may begin while its previous one is not finished. */
	overlap: z.enum(OVERLAPS),
	/** Each run comes up to this much later, by an amount that is fixed for the run. */
	jitterSeconds: z.number(),
});

/** What became of one run. */
const runRecord = z.object({
	/** The run's time by the schedule, which identifies it. */
	at: instant,
	outcome: z.enum(["fired", "caught-up", "missed", "skipped", "canceled"]),
	/** When its commands are sent: later than `at` by the jitter, or because the run is made up for. */
	dueAt: optional(instant),
	/** Of `missed`: all runs from `at` up to this time, exclusive. */
	until: optional(instant),
	commands: optional(z.readonly(z.array(z.string()))),
});

export const scheduleSchema = z.extend(definitionSchema, {
	id: z.string(),
	/** Counts the edits: part of each run's identity, so that an edited run is another one. */
	revision: z.number(),
	status: z.enum(["active", "paused", "ended"]),
	/** The first run that is not handled yet; absent unless active. */
	next: optional(instant),
	/** Runs that were started, also those whose time is still to come. */
	runs: z.number(),
	/** Runs to come that are left out. */
	skips: z.readonly(z.array(instant)),
	/** The newest first. */
	lastRuns: z.readonly(z.array(runRecord)),
	/** The last run that was started: what `overlap` looks at. */
	lastFired: optional(z.object({ at: instant, revision: z.number() })),
	/** Name of the API key that said what the schedule says now. */
	by: optional(z.string()),
	createdAt: instant,
	updatedAt: instant,
});

export type When = Readonly<z.infer<typeof when>>;
export type DstPolicy = Readonly<z.infer<typeof dst>>;
export type Definition = Readonly<z.infer<typeof definitionSchema>>;
export type RunRecord = Readonly<z.infer<typeof runRecord>>;
export type Schedule = Readonly<z.infer<typeof scheduleSchema>>;

/** Kept in a schedule's row, beside those whose time is still to come. */
const MAX_PAST_RUNS = 20;

export function withRecords(
	schedule: Schedule,
	records: readonly RunRecord[],
	now: number,
): Schedule {
	if (records.length === 0) return schedule;
	const all = [...[...records].reverse(), ...schedule.lastRuns];
	const ahead = all.filter((record) => isToCome(record, now)).length;
	return { ...schedule, lastRuns: all.slice(0, ahead + MAX_PAST_RUNS) };
}

/** A run that was started before its time is still to come, whatever its record says. */
export const isToCome = ({ dueAt }: RunRecord, now: number): boolean =>
	dueAt !== undefined && dueAt > now;
