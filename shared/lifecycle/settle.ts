import { CLOCK_SKEW_MS } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { Move } from "../command/move.ts";
import type { Stored } from "../stored.ts";
import { replyToLost, WORKER_LOST } from "./lost-reply.ts";
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
			return command.onUnknown === "resend" && now < command.expiresAt
				? { event: "retry", at: now, wakeAt: now, error: ABANDONED, inDoubt: true }
				: { event: "lose", at: now, error: ABANDONED };
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
	const lost = change.error === ABANDONED ? await replyToLost(deps, command) : undefined;
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
