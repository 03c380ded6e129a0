import type { Rate } from "./rate.ts";
import type { UsagePart } from "./usage.ts";

export interface QuotaLimits {
	/** The account's limit, in calls a second. */
	readonly perSecond: number;
	/** How much of that this bundle may use: above 0, at most 1. */
	readonly share: number;
	/** The most instances there can be. */
	readonly maxInstances: number;
}

export interface Counters {
	/** When this was said, by the member's own clock. */
	readonly at: number;
	/** Calls since the instance began. */
	readonly sent: number;
	readonly throttled: number;
	/** Calls that it wanted from the reserve since the instance began. */
	readonly reserveWanted: number;
}

/** What an instance tells the others. */
export interface Member extends Counters {
	readonly instance: string;
	/** Calls that it could make in the coming second; nothing of either: it takes no part. */
	readonly wishes: { readonly interactive: number; readonly bulk: number };
	/** What the table store takes to answer it, at the longest. */
	readonly roundTripMs: number;
	/** The last minute's calls. */
	readonly usage: readonly UsagePart[];
}

/** Who may make how many calls between two times, which lie within one second of the clock. Never changed. */
export interface Slice {
	readonly from: number;
	readonly to: number;
	readonly grants: ReadonlyArray<{ readonly instance: string; readonly calls: number }>;
	/** Calls kept out of this second's plan, beyond the standing reserve. */
	readonly extraReserve: number;
}

/**
 * The plan that all instances share: one row, replaced on condition of its
 * version. So each version continues exactly the one before it, and no time is
 * planned twice.
 */
export interface Book {
	readonly version: number;
	/** By its writer's clock. */
	readonly writtenAt: number;
	/** Who wrote it, and writes the next one, too; what it would tell in a row of its own. */
	readonly leader: Member;
	/** The latest slices, in order; the last ones lie ahead. */
	readonly slices: readonly Slice[];
	/** The next slices are drawn up so long before the end of the last one. */
	readonly leadMs: number;
	/** The last time without a plan while calls were waiting. */
	readonly gap: { readonly from: number; readonly to: number };
	/** Fraction of a call that is left over for the next slice. */
	readonly carry: number;
	readonly rate: Rate;
	/** What the members had said by then. */
	readonly seen: Readonly<Record<string, Counters>>;
	/** Calls of the reserve wanted lately, a second. */
	readonly reserveDemand: number;
}

const SECOND_MS = 1000;

/** Seconds since the epoch: a server may count by them. */
export const secondOf = (time: number): number => Math.floor(time / SECOND_MS);
export const startOfSecond = (second: number): number => second * SECOND_MS;

/** Calls that a rate allows within `ms` milliseconds. */
export const callsIn = (perSecond: number, ms: number): number => (perSecond * ms) / SECOND_MS;

export const endOf = (book: Book | undefined): number =>
	book?.slices.at(-1)?.to ?? Number.NEGATIVE_INFINITY;

/** Calls of this second that can be claimed beyond the standing reserve: its first slice says how many. */
export const extraReserveIn = (book: Book | undefined, second: number): number =>
	book?.slices.find(({ from }) => secondOf(from) === second)?.extraReserve ?? 0;

export const wishOf = ({ wishes }: Pick<Member, "wishes">): number =>
	wishes.interactive + wishes.bulk;

/** When an instance may make its calls: evenly, and between those of the others. */
export function callTimes({ from, to, grants }: Slice, instance: string): number[] {
	const rank = grants.findIndex((grant) => grant.instance === instance);
	const calls = grants[rank]?.calls ?? 0;
	const step = (to - from) / calls;
	const phase = (rank + 0.5) / grants.length;
	return Array.from({ length: calls }, (_, index) => from + (index + phase) * step);
}

/** When an instance may make its calls at a rate of its own. @param phase in [0, 1) */
export function evenTimes(from: number, to: number, perSecond: number, phase: number): number[] {
	const first = Math.ceil(callsIn(perSecond, from) - phase);
	const end = Math.ceil(callsIn(perSecond, to) - phase);
	return Array.from(
		{ length: end - first },
		(_, index) => ((first + index + phase) * SECOND_MS) / perSecond,
	);
}
