import type { Command } from "../../shared/command/command.ts";
import { move } from "../../shared/command/move.ts";
import { isTerminal } from "../../shared/command/state.ts";
import { isReady, type OverdueDeps, settleOverdue } from "../../shared/lifecycle/overdue.ts";
import type { Stored } from "../../shared/store/command-store.ts";

/** How long a queued command lies between two looks at its predecessor: a quarter of what it has waited so far. */
const FIRST_LOOK_MS = 2_000;
const MAX_LOOK_MS = 60_000;
const OVERLAP = "Overlap";

/**
 * Holds a command back whose predecessor is not finished: cancels it, or puts
 * it off, as it says itself.
 *
 * @param now commands that are due by then count as due.
 * @returns what it has become, or undefined if nothing holds it back.
 */
export async function holdBack(
	deps: OverdueDeps,
	stored: Stored,
	now: number,
): Promise<Stored | undefined> {
	const { command } = stored;
	if (!command.after || !isReady(command, now)) return undefined;
	const blocking = await unfinished(deps, command.after.command);
	if (blocking === undefined) return undefined;
	const changed =
		command.after.otherwise === "queue"
			? putOff(command, deps.clock.now())
			: leaveOut(command, blocking, deps.clock.now());
	// Whoever changed it meanwhile looks at it, too.
	return changed && ((await deps.commands.replace(stored, changed)) ?? stored);
}

/** The command that is in the way: `id` itself, or what that was left out for. */
async function unfinished(deps: OverdueDeps, id: string): Promise<string | undefined> {
	const read = await deps.commands.get(id);
	if (!read) return undefined;
	const { command } = await settleOverdue(deps, read);
	if (!isTerminal(command.state)) return id;
	if (command.error?.code !== OVERLAP || !command.after) return undefined;
	const earlier = await deps.commands.get(command.after.command);
	if (!earlier) return undefined;
	const settled = await settleOverdue(deps, earlier);
	return isTerminal(settled.command.state) ? undefined : settled.command.id;
}

function putOff(command: Command, now: number): Command | undefined {
	const waited = now - (command.expiresAt - command.expiresIn * 1000);
	const pause = Math.min(MAX_LOOK_MS, Math.max(FIRST_LOOK_MS, waited / 4));
	return move(command, { event: "hold", at: now, wakeAt: now + Math.ceil(pause) });
}

function leaveOut(command: Command, blocking: string, now: number): Command | undefined {
	const canceled = move(command, {
		event: "cancel",
		at: now,
		error: { code: OVERLAP, message: `the previous run, ${blocking}, was not finished` },
	});
	// The next run looks at this one, and through it at what is still in the way.
	return canceled && { ...canceled, after: { command: blocking, otherwise: "skip" } };
}
