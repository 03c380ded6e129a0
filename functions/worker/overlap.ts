import type { Command } from "../../shared/command/command.ts";
import type { Move } from "../../shared/command/move.ts";
import { isTerminal } from "../../shared/command/state.ts";
import type { ReplyDeps } from "../../shared/lifecycle/reply.ts";
import { settle } from "../../shared/lifecycle/settle.ts";

/** How long a queued command waits between two looks at its predecessor: a quarter of what it has waited so far. */
const FIRST_LOOK_MS = 2_000;
const MAX_LOOK_MS = 60_000;
const OVERLAP = "Overlap";

/**
 * What holds a command back whose predecessor has not ended: it is canceled,
 * or put off, as it says itself.
 */
export async function heldBack(deps: ReplyDeps, command: Command): Promise<Move | undefined> {
	if (!command.after) return undefined;
	const blocking = await unfinished(deps, command.after.command);
	if (blocking === undefined) return undefined;
	const now = deps.clock.now();
	return command.after.otherwise === "queue" ? putOff(command, now) : leaveOut(blocking, now);
}

/** The command that is in the way: `id` itself, or what that was left out for. */
async function unfinished(deps: ReplyDeps, id: string): Promise<string | undefined> {
	const command = await settled(deps, id);
	if (!command) return undefined;
	if (!isTerminal(command.state)) return id;
	if (command.error?.code !== OVERLAP || !command.after) return undefined;
	const earlier = await settled(deps, command.after.command);
	return earlier && !isTerminal(earlier.state) ? earlier.id : undefined;
}

async function settled(deps: ReplyDeps, id: string): Promise<Command | undefined> {
	const stored = await deps.commands.getReadable(id);
	return stored && (await settle(deps, stored)).document;
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
