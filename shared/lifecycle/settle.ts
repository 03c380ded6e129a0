import { CLOCK_SKEW_MS } from "../clock.ts";
import { WORKER_LOST } from "../command/attempts.ts";
import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { Move } from "../command/move.ts";
import type { KeptReply } from "../store/reply-store.ts";
import type { Stored } from "../stored.ts";
import { mayPass } from "../table/table.ts";
import { replyToLost } from "./lost-reply.ts";
import { applyReply, moveOfReply, type ReplyDeps } from "./reply.ts";

const ABANDONED = {
	code: WORKER_LOST,
	message: "the worker ended while it was sending: the device may have the command",
};

/** What time alone has done to a command, or undefined. */
export function overdue(command: Command, now: number): Move | undefined {
	switch (command.state) {
		case "accepted":
		case "waiting":
			if (now < command.expiresAt) return undefined;
			return {
				event: "expire",
				at: now,
				error: {
					code: "Expired",
					message: `not sent within ${command.expiresIn} s${command.error ? `; last: ${command.error.code}` : ""}`,
				},
			};
		case "sending":
			if (!command.lease || now < command.lease.until + CLOCK_SKEW_MS) return undefined;
			return abandoned(command, command.lease.until, now);
		case "sent":
			if (command.wakeAt === undefined || now < command.wakeAt) return undefined;
			return {
				event: "time-out",
				at: now,
				error: { code: "ReplyTimeout", message: `no reply within ${command.replyTimeout} s` },
			};
		default:
			return undefined;
	}
}

/** The worker has ended, and the attempt that it had begun is one all the same. */
function abandoned({ onUnknown, expiresAt, updatedAt }: Command, until: number, now: number): Move {
	const attempt = { at: updatedAt, durationMs: Math.max(0, until - updatedAt), ...ABANDONED };
	const facts = { at: now, error: ABANDONED, attempt };
	return onUnknown === "resend" && now < expiresAt
		? { ...facts, event: "retry", wakeAt: now, inDoubt: true }
		: { ...facts, event: "lose" };
}

/** Without the index, such as before the tables are updated, a lost command is unknown and nothing worse. */
async function lostReply(deps: ReplyDeps, command: Command): Promise<KeptReply | undefined> {
	try {
		return await replyToLost(deps, command);
	} catch (error) {
		if (mayPass(error)) throw error;
		return undefined;
	}
}

/** Brings a command to where time has taken it, so that whoever reads it sees no stale state. */
export async function settle(deps: ReplyDeps, read: Stored<Command>): Promise<Stored<Command>> {
	const { document: command } = read;
	const change = overdue(command, deps.clock.now());
	if (!change) return read;
	if (change.event === "time-out" && command.messageId !== undefined) {
		// The worker may have ended before it said that this command awaits the reply.
		const key = deviceKey(command.device);
		const reply = await deps.replies.expect(command.messageId, key, command.id);
		const closed = reply && (await applyReply(deps, command.id, command.messageId, reply));
		if (closed) return closed;
	}
	const lost = change.error === ABANDONED ? await lostReply(deps, command) : undefined;
	if (lost && moveOfReply(command, lost.reply, deps.clock.now()).event === "park") {
		await deps.parked.add(deviceKey(command.device), command.id);
	}
	const changed = await deps.commands.change(read, (found) => {
		const now = deps.clock.now();
		const isStill = found.lease?.owner === command.lease?.owner;
		if (!lost || found.state !== "sending" || !isStill) return overdue(found, now);
		return { ...moveOfReply(found, lost.reply, now), messageId: lost.messageId };
	});
	return changed?.stored ?? read;
}

/** Whether a worker should send the command now. */
export function isReady(command: Command, now: number): boolean {
	if (now >= command.expiresAt) return false;
	if (command.state === "accepted") return true;
	return command.state === "waiting" && (command.wakeAt ?? 0) <= now;
}
