import * as z from "../zod.ts";
import { STATES } from "./state.ts";

export const LANES = ["interactive", "bulk"] as const;
export type Lane = (typeof LANES)[number];

const optional = z.exactOptional;
/** Milliseconds since the epoch, as every time here. */
const time = z.number();

const device = z.object({
	iotId: optional(z.string()),
	productKey: optional(z.string()),
	deviceName: optional(z.string()),
});

/** What a caller asks for, once its form is checked. Durations are in seconds. */
export const requestSchema = z.object({
	device,
	/** Identifier of the service; of a custom module `module:service`. */
	service: z.string(),
	/** JSON text of the arguments, with the digits of its numbers as they were written. */
	args: z.string(),
	/** `text`: came as raw JSON and is sent byte for byte; `json`: numbers are fitted to the thing model. */
	argsForm: z.enum(["json", "text"]),
	expiresIn: z.number(),
	replyTimeout: z.number(),
	onUnknown: z.enum(["report", "resend"]),
	whenOffline: z.enum(["fail", "wait"]),
	lane: z.enum(LANES),
	qos: z.union([z.literal(0), z.literal(1)]),
	/** `device`: not sent before the device's earlier command that says so has ended. */
	order: optional(z.enum(["device"])),
});

/** Where a command comes from. */
const source = z.object({
	type: z.enum(["http", "timer", "queue", "reaction", "redrive", "job"]),
	/** Trigger name and time, message id, event id, id of the redriven command. */
	ref: z.union([z.string(), z.null()]),
	/** Name of the API key that asked for it, or for the schedule or reaction that did; of the trigger; of the queue. */
	by: optional(z.string()),
	schedule: optional(z.string()),
	reaction: optional(z.string()),
	job: optional(z.string()),
	wave: optional(z.number()),
	/** The trace of the request or message that caused it (W3C Trace Context). */
	traceparent: optional(z.string()),
});

/** One call of InvokeThingService. */
const attempt = z.object({
	at: time,
	durationMs: z.number(),
	/** Absent when the platform took the call. */
	code: optional(z.string()),
	message: optional(z.string()),
	requestId: optional(z.string()),
	/** Within the trace that the command's source names. */
	spanId: optional(z.string()),
});

/** The platform's last answer, every field of it. */
const answer = z.object({
	success: z.boolean(),
	code: optional(z.string()),
	errorMessage: optional(z.string()),
	requestId: optional(z.string()),
	messageId: optional(z.string()),
	/** Synchronous services only: a JSON text. */
	result: optional(z.string()),
});

/** What the device said: 200 is success, anything else is not. */
export const replySchema = z.object({
	code: z.number(),
	message: optional(z.string()),
	/** JSON text. */
	data: optional(z.string()),
	at: time,
});

const error = z.object({ code: z.string(), message: z.string() });

/** A command as it is stored: what was asked for, and what became of it. */
export const commandSchema = z.extend(requestSchema, {
	id: z.string(),
	source,
	state: z.enum(STATES),
	attempts: z.array(attempt),
	/** Attempts left out of `attempts`: neither the first ones nor the last ones. */
	attemptsOmitted: z.number(),
	createdAt: time,
	updatedAt: time,
	/** Not sent later than this. */
	expiresAt: time,
	/** The device's previous command, of the same schedule or in the order asked for, and what to do while that has not ended. */
	after: optional(z.object({ command: z.string(), otherwise: z.enum(["skip", "queue"]) })),
	/** Commands that wait for the end of this one. */
	followedBy: optional(z.readonly(z.array(z.string()))),
	/** When the tick must look at the command again; absent in terminal states. */
	wakeAt: optional(time),
	/** Set while `sending`: who sends, and until when nobody else may conclude anything. */
	lease: optional(z.object({ owner: z.string(), until: time })),
	/** Set while `waiting` for the device to come online. */
	parked: optional(z.literal(true)),
	/** It may be sent together with other commands of its job, in one call of InvokeThingsService. */
	together: optional(z.literal(true)),
	/** The command of the same job and device that counts in this one's place. */
	supersededBy: optional(z.string()),
	/** An earlier attempt may have reached the device. */
	inDoubt: optional(z.literal(true)),
	messageId: optional(z.string()),
	answer: optional(answer),
	reply: optional(replySchema),
	error: optional(error),
});

export type CommandRequest = Readonly<z.infer<typeof requestSchema>>;
export type Source = Readonly<z.infer<typeof source>>;
export type Attempt = Readonly<z.infer<typeof attempt>>;
export type ApiAnswer = Readonly<z.infer<typeof answer>>;
export type Reply = Readonly<z.infer<typeof replySchema>>;
export type Command = Readonly<z.infer<typeof commandSchema>>;
