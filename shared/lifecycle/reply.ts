import type { Clock } from "../clock.ts";
import { attemptCount } from "../command/attempts.ts";
import type { Command, Reply } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { Move } from "../command/move.ts";
import { verdictOfReply } from "../iot/verdict.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { ParkStore } from "../store/park-store.ts";
import type { ReplyStore } from "../store/reply-store.ts";
import type { Stored } from "../stored.ts";

/**
 * How long a command that waits for its device lies still, growing from the
 * first to the second with each attempt. The device's status message normally
 * wakes it; one that was lost, or came too early, costs this.
 */
const FIRST_RECHECK_MS = 15_000;
const MAX_RECHECK_MS = 300_000;

export function parkedUntil(command: Command, at: number): number {
	const wait = FIRST_RECHECK_MS * 2 ** Math.min(attemptCount(command), 10);
	return Math.min(command.expiresAt, at + Math.min(wait, MAX_RECHECK_MS));
}

/** What the device's reply means for the command. */
export function moveOfReply(command: Command, reply: Reply, at: number): Move {
	const verdict = verdictOfReply(reply.code);
	if (verdict === "done") return { event: "succeed", at, reply };
	const error = { code: String(reply.code), message: reply.message ?? "refused by the device" };
	const mayWait = command.state === "sent" || command.state === "sending";
	if (verdict === "away" && command.whenOffline === "wait" && mayWait) {
		return { event: "park", at, wakeAt: parkedUntil(command, at), reply, error };
	}
	return { event: "fail", at, reply, error };
}

export interface ReplyDeps {
	readonly commands: CommandStore;
	readonly replies: ReplyStore;
	readonly parked: ParkStore;
	readonly clock: Clock;
}

/**
 * Closes a command with the device's reply to its message.
 * @returns the command afterwards; undefined where the reply has nothing to change:
 *   unknown command, another message, or a state that is final.
 */
export async function applyReply(
	deps: ReplyDeps,
	command: string | Stored<Command>,
	messageId: string,
	reply: Reply,
): Promise<Stored<Command> | undefined> {
	const stored = typeof command === "string" ? await deps.commands.get(command) : command;
	if (!stored) return undefined;
	const { document } = stored;
	if (moveOfReply(document, reply, deps.clock.now()).event === "park") {
		await deps.parked.add(deviceKey(document.device), document.id);
	}
	const changed = await deps.commands.change(stored, (found) =>
		found.messageId === messageId ? moveOfReply(found, reply, deps.clock.now()) : undefined,
	);
	return changed?.moved ? changed.stored : undefined;
}
