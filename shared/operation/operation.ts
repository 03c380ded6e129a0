import { type CommandFilter, filterSchema } from "../command/filter.ts";
import type { State } from "../command/state.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;
/** Milliseconds since the epoch. */
const time = z.number();

const KINDS = ["cancel", "redrive"] as const;
export type Kind = (typeof KINDS)[number];

/** Something done to all commands that match a filter, as it is stored: what is asked for, and how far it is. */
export const operationSchema = z.object({
	id: z.string(),
	kind: z.enum(KINDS),
	/** Its times are absolute: an age such as `1h` is counted from when it was asked for. */
	filter: filterSchema,
	/** The filter in the caller's own words. */
	asked: z.record(z.string(), z.unknown()),
	/** Name of the API key. */
	by: optional(z.string()),
	state: z.enum(["running", "completed"]),
	/** Commands found; at the end all of them are done, skipped or failed. */
	matched: z.number(),
	done: z.number(),
	/** What had moved on: sent meanwhile, or not ended yet. */
	skipped: z.number(),
	/** Rows that cannot be read. */
	failed: z.number(),
	createdAt: time,
	updatedAt: time,
	completedAt: optional(time),
	/** Found, counted as matched, and not known to be done: whoever goes on begins with these. */
	page: z.array(z.string()),
	/** Where the search for the next page goes on; absent at the beginning of a round. */
	cursor: optional(z.string()),
	/** A second round looks for what the index did not show at first. */
	round: z.union([z.literal(1), z.literal(2)]),
	/** What the first round skipped and the second may find again, being sent by turns. */
	passed: z.array(z.string()),
	/** Set while somebody works on it. */
	lease: optional(z.object({ owner: z.string(), until: time })),
	/** When the tick must see to it; absent once it is completed. */
	wakeAt: optional(time),
});

export type Operation = Readonly<z.infer<typeof operationSchema>>;

/** What each kind is about where the filter names no state. */
export const USUAL_STATES: Readonly<Record<Kind, readonly State[]>> = {
	/** All that can be canceled. */
	cancel: ["accepted", "waiting"],
	/** All that has not succeeded, but what was canceled on purpose. */
	redrive: ["failed", "timed_out", "expired", "unknown"],
};

/** How long nobody else may take an operation that somebody works on. */
export const LEASE_MS = 15_000;

/** The filter of what an operation is about: nothing that is accepted after it was asked for. */
export function boundFilter(kind: Kind, filter: CommandFilter, now: number): CommandFilter {
	return {
		...filter,
		states: [...(filter.states ?? USUAL_STATES[kind])],
		until: Math.min(filter.until ?? Number.POSITIVE_INFINITY, now + 1),
	};
}

export interface NewOperation {
	readonly id: string;
	readonly kind: Kind;
	readonly filter: CommandFilter;
	readonly asked: Readonly<Record<string, unknown>>;
	readonly by?: string;
	readonly createdAt: number;
}

export function createOperation({ filter, ...asked }: NewOperation): Operation {
	const { kind, createdAt } = asked;
	return {
		...asked,
		filter: boundFilter(kind, filter, createdAt),
		state: "running",
		matched: 0,
		done: 0,
		skipped: 0,
		failed: 0,
		updatedAt: createdAt,
		page: [],
		passed: [],
		round: 1,
		wakeAt: createdAt + LEASE_MS,
	};
}
