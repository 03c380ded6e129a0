import type { Command } from "../../shared/command/command.ts";
import type { Move } from "../../shared/command/move.ts";
import { isTerminal } from "../../shared/command/state.ts";
import type { ReplyDeps } from "../../shared/lifecycle/reply.ts";
import { settle } from "../../shared/lifecycle/settle.ts";

/**
 * Its predecessor's end wakes a queued command; for the case that this fails it
 * looks for itself, after a quarter of what it has waited so far.
 */
const FIRST_LOOK_MS = 15_000;
const MAX_LOOK_MS = 300_000;
/** More would be a chain that forks: those look for themselves. */
const MAX_FOLLOWERS = 10;
const OVERLAP = "Overlap";
/** Commands that were left out one after the other. */
const MAX_STEPS = 50;

/**
 * What holds a command back whose predecessor has not ended: it is canceled,
 * or put off, as it says itself.
 */
export async function heldBack(deps: ReplyDeps, command: Command): Promise<Move | undefined> {
	if (!command.after) return undefined;
	const blocking = await unfinished(deps, command.after.command);
	if (blocking === undefined) return undefined;
	const now = deps.clock.now();
	if (command.after.otherwise === "skip") return leaveOut(blocking, now);
	return (await follow(deps, command, blocking)) ? putOff(command, now) : undefined;
}

/** The command that is in the way: `start` itself, or where that was never sent, what it waited for. */
async function unfinished(deps: ReplyDeps, start: string): Promise<string | undefined> {
	let id = start;
	for (let step = 0; step < MAX_STEPS; step++) {
		const command = await settled(deps, id);
		if (!command) return undefined;
		if (!isTerminal(command.state)) return id;
		if (!command.after || !wasLeftOut(command)) return undefined;
		id = command.after.command;
	}
	return undefined;
}

const wasLeftOut = ({ state, attempts }: Command): boolean =>
	(state === "canceled" || state === "expired") && attempts.length === 0;

async function settled(deps: ReplyDeps, id: string): Promise<Command | undefined> {
	const stored = await deps.commands.getReadable(id);
	return stored && (await settle(deps, stored)).document;
}

/** Has the command woken by the other one's end. @returns false if that has ended meanwhile. */
async function follow(deps: ReplyDeps, { id }: Command, other: string): Promise<boolean> {
	const at = deps.clock.now();
	const changed = await deps.commands.change(other, ({ state, followedBy = [] }) => {
		const isKnown = followedBy.includes(id) || followedBy.length >= MAX_FOLLOWERS;
		if (isTerminal(state) || isKnown) return undefined;
		return { event: "note", at, followedBy: [...followedBy, id] };
	});
	return changed !== undefined && !isTerminal(changed.stored.document.state);
}

function putOff(command: Command, now: number): Move {
	const waited = now - (command.expiresAt - command.expiresIn * 1000);
	const pause = Math.min(MAX_LOOK_MS, Math.max(FIRST_LOOK_MS, waited / 4));
	return { event: "hold", at: now, wakeAt: now + Math.ceil(pause) };
}

const leaveOut = (blocking: string, now: number): Move => ({
	event: "cancel",
	at: now,
	error: { code: OVERLAP, message: `the previous run, ${blocking}, was not finished` },
	// The next run looks at this one, and through it at what is still in the way.
	after: { command: blocking, otherwise: "skip" },
});
