import { requestSchema } from "../command/command.ts";
import { STATES } from "../command/state.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;
/** Milliseconds since the epoch, as every time here. */
const time = z.number();

export const JOB_STATES = [
	/** its targets are being found */
	"resolving",
	/** it waits for its start, or for its window */
	"scheduled",
	"running",
	/** a wave has ended, and is judged after `soakSeconds` */
	"soaking",
	/** the next wave waits for a person */
	"waiting_for_approval",
	/** by a person or by a stop rule: `reason` says which */
	"paused",
	/** what is not sent yet is being canceled */
	"canceling",
	"canceled",
	"completed",
] as const;
export type JobState = (typeof JOB_STATES)[number];

const device = requestSchema.shape.device;
const states = z.readonly(z.array(z.enum(STATES)));

const targets = z.union([
	z.object({ kind: z.literal("devices"), count: z.number() }),
	z.object({ kind: z.literal("group"), group: z.string() }),
	z.object({ kind: z.literal("query"), query: z.string() }),
	z.object({ kind: z.literal("job"), job: z.string(), states }),
]);

/** Cumulative: how many of all devices have their turn once the wave has begun. */
const judged = {
	/** Instead of the job's own. */
	advance: optional(z.enum(["auto", "approve"])),
	soakSeconds: optional(z.number()),
	/** It is judged once so many percent of it have succeeded; absent: once all of it has ended. */
	succeeded: optional(z.number()),
};
const wave = z.union([
	z.object({ count: z.number(), ...judged }),
	z.object({ percent: z.number(), ...judged }),
]);

const rate = z.object({
	perSecond: z.number(),
	/** With each `everySucceeded` devices the rate grows by this factor, up to `max`. */
	growth: optional(z.object({ factor: z.number(), everySucceeded: z.number(), max: z.number() })),
});

/** Counted in devices that have ended since the job began, or was last resumed. */
const stopRule = z.object({
	states,
	percent: z.number(),
	minimum: z.number(),
	// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
	then: z.enum(["pause", "cancel"]),
});

/** Sends only within so many minutes of each time of the pattern. */
const window = z.object({ cron: z.string(), timeZone: z.string(), minutes: z.number() });

/** What its owner says. */
const definitionSchema = z.object({
	name: optional(z.string()),
	targets,
	membership: z.enum(["snapshot", "continuous"]),
	/** Strings of the arguments may be expressions over the device: `{% tags.floor %}`. */
	command: z.omit(requestSchema, { device: true }),
	waves: z.readonly(z.array(wave)),
	advance: z.enum(["auto", "approve"]),
	soakSeconds: z.number(),
	rate: optional(rate),
	stop: z.readonly(z.array(stopRule)),
	window: optional(window),
	startAt: optional(time),
	endAt: optional(time),
});

/** The devices, in the order of their turns: rows of up to `CHUNK_DEVICES` devices under this set's name. */
const targetSet = z.object({ set: z.string(), total: z.number(), resolvedAt: time });

/** So many devices in each state. */
const counts = z.partialRecord(z.enum(STATES), z.number());

export const jobSchema = z.extend(definitionSchema, {
	id: z.string(),
	/** Name of the API key that made it. */
	by: optional(z.string()),
	createdAt: time,
	updatedAt: time,
	state: z.enum(JOB_STATES),
	/** Why it does not send. */
	reason: optional(z.string()),
	/** Where it goes on after a pause. */
	pausedIn: optional(z.enum(JOB_STATES)),
	/** Absent while they are being resolved. */
	found: optional(targetSet),
	/** Devices that had their turn, in the order of the set. */
	made: z.number(),
	/** When each wave began, was made as a whole, and had ended; the last one is the present one. */
	progress: z.readonly(
		z.array(z.object({ startedAt: time, madeAt: optional(time), endedAt: optional(time) })),
	),
	/** Devices that may be made at once under the rate. */
	credit: optional(z.object({ at: time, devices: z.number() })),
	/** What the stop rules count no longer. */
	acknowledged: optional(counts),
	/** Nothing is sent until then: replies seem to reach a stop rule, which its driver has to find out. */
	brakedUntil: optional(time),
	/** It was resumed: what was held back goes on at once. */
	wakesHeld: optional(z.literal(true)),
	/** Devices in these states get another command, unless that command is of this round or later. */
	retry: optional(z.object({ round: z.number(), states, startedAt: time, done: z.boolean() })),
	/** Who moves it on, until when nobody else does. */
	driver: optional(z.object({ owner: z.string(), until: time })),
	/** When somebody must look at it; absent while it rests. */
	lookAt: optional(time),
});

export type JobDefinition = Readonly<z.infer<typeof definitionSchema>>;
export type Job = Readonly<z.infer<typeof jobSchema>>;
export type Targets = JobDefinition["targets"];
export type Wave = z.infer<typeof wave>;
export type JobRate = Readonly<z.infer<typeof rate>>;
export type StopRule = Readonly<z.infer<typeof stopRule>>;
export type SendingWindow = Readonly<z.infer<typeof window>>;
export type Counts = Readonly<z.infer<typeof counts>>;
export type TargetDevice = Readonly<z.infer<typeof device>>;

export const CHUNK_DEVICES = 1_000;

/** Devices of a job, in the order of their turns. */
export const chunkSchema = z.object({
	id: z.string(),
	job: z.string(),
	/** Place of the first device among all of the set. */
	from: z.number(),
	devices: z.readonly(z.array(device)),
});
export type TargetChunk = Readonly<z.infer<typeof chunkSchema>>;

/** Nothing moves it any more, but for late replies of its devices. */
export const hasEnded = ({ state }: Pick<Job, "state">): boolean =>
	state === "completed" || state === "canceled";
