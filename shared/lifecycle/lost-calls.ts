import { CLOCK_SKEW_MS } from "../clock.ts";
import type { Attempt, Command } from "../command/command.ts";
import { mayHaveReached } from "../iot/verdict.ts";

/** The longest that a device's reply is looked for, from the call's begin; a lease is as long. */
export const REPLY_WITHIN_MS = 30_000;

/** A call of which nobody knows the message, and the time in which its device's reply may come. */
export interface LostCall {
	readonly command: string;
	readonly from: number;
	readonly until: number;
}

const call = ({ id }: Command, from: number, until: number): LostCall => ({
	command: id,
	from: from - CLOCK_SKEW_MS,
	until: until + CLOCK_SKEW_MS,
});

/** Those calls of a command that may have reached the device without an answer that names the message. */
export function lostCalls(command: Command): LostCall[] {
	const { state, lease, updatedAt, messageId, inDoubt, together } = command;
	// Its worker may be alive, and know the message in a moment.
	const present = state === "sending" && lease ? [call(command, updatedAt, lease.until)] : [];
	if (together && messageId === undefined) return past(command, () => true, present);
	const isKnown = messageId !== undefined || state !== "unknown";
	if (isKnown && !inDoubt) return present;
	return past(command, ({ code }) => code !== undefined && mayHaveReached(code), present);
}

function past(command: Command, isMeant: (attempt: Attempt) => boolean, present: LostCall[]) {
	const calls = command.attempts
		.filter(isMeant)
		.map(({ at, durationMs }) => call(command, at, at + Math.max(durationMs, REPLY_WITHIN_MS)));
	return [...calls, ...present];
}

interface Timed {
	readonly at: number;
}

const fits = ({ from, until }: LostCall, { at }: Timed): boolean => from <= at && at <= until;

/**
 * The replies of calls that certainly have one: each reply is that of some
 * call of its time, and in whatever way they are given to them, these calls get
 * one. Which of several is told apart by their order.
 *
 * @param calls all that may be meant by one of the replies.
 */
export function certainReplies<R extends Timed>(
	calls: readonly LostCall[],
	replies: readonly R[],
): Map<LostCall, R> {
	const byAge = [...calls].sort((a, b) => a.from - b.from);
	const owners = new Map<LostCall, R>();
	const inOrder = [...replies].sort((a, b) => a.at - b.at);
	// Somebody else calls the device, too.
	if (!inOrder.every((reply) => place(reply, byAge, owners))) return new Map();
	const certain = [...owners].filter(([owner, reply]) => {
		const others = byAge.filter((one) => one !== owner);
		const without = new Map([...owners].filter(([one]) => one !== owner));
		return !place(reply, others, without);
	});
	const ordered = inTheirOrder(owners, byAge, inOrder);
	return new Map(certain.map(([owner, reply]) => [owner, ordered.get(owner) ?? reply]));
}

/** The earlier reply to the earlier call, where that is a way. */
function inTheirOrder<R extends Timed>(
	owners: ReadonlyMap<LostCall, R>,
	byAge: readonly LostCall[],
	inOrder: readonly R[],
): ReadonlyMap<LostCall, R> {
	const calls = byAge.filter((one) => owners.has(one));
	const pairs = calls.flatMap((one, index) => {
		const reply = inOrder[index];
		return reply && fits(one, reply) ? [[one, reply] as const] : [];
	});
	return pairs.length === calls.length ? new Map(pairs) : owners;
}

/** Gives a reply to a call, and those that had it before to others. @returns whether there is a way. */
function place<R extends Timed>(
	reply: R,
	calls: readonly LostCall[],
	owners: Map<LostCall, R>,
	tried = new Set<LostCall>(),
): boolean {
	for (const one of calls) {
		if (tried.has(one) || !fits(one, reply)) continue;
		tried.add(one);
		const had = owners.get(one);
		if (had !== undefined && !place(had, calls, owners, tried)) continue;
		owners.set(one, reply);
		return true;
	}
	return false;
}

/** What is tied to a call by replies that may be of either, directly or through others. */
export function tiedTo<R extends Timed>(
	start: LostCall,
	calls: readonly LostCall[],
	replies: readonly R[],
): { readonly calls: readonly LostCall[]; readonly replies: readonly R[] } {
	const tied = new Set([start]);
	const theirs = new Set<R>();
	for (let size = -1; size !== tied.size + theirs.size; ) {
		size = tied.size + theirs.size;
		for (const reply of replies) if ([...tied].some((one) => fits(one, reply))) theirs.add(reply);
		for (const one of calls) if ([...theirs].some((reply) => fits(one, reply))) tied.add(one);
	}
	return { calls: [...tied], replies: [...theirs] };
}
