import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import { type Move, move } from "../command/move.ts";
import type { Stored } from "../store/command-store.ts";
import type { ReplyStore } from "../store/reply-store.ts";
import { applyReply, type ReplyDeps } from "./reply.ts";

/** Clocks of different instances may differ by this much before a lease counts as abandoned. */
const CLOCK_SKEW_MS = 2_000;

/** What time alone has done to a command, or undefined. */
function overdue(command: Command, now: number): Move | undefined {
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
				? { event: "retry", at: now, wakeAt: now, error: ABANDONED }
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

const ABANDONED = {
	code: "WorkerLost",
	message: "the worker ended while it was sending: the device may have the command",
};

export interface OverdueDeps extends ReplyDeps {
	readonly replies: ReplyStore;
}

/** Brings a command to where time has taken it, so that whoever reads it sees no stale state. */
export async function settleOverdue(deps: OverdueDeps, read: Stored): Promise<Stored> {
	let stored = read;
	for (;;) {
		const { command } = stored;
		const change = overdue(command, deps.clock.now());
		if (!change) return stored;
		if (change.event === "time-out" && command.messageId !== undefined) {
			// The worker may have ended between writing `sent` and looking for a reply that was early.
			const reply = await deps.replies.expect(
				command.messageId,
				deviceKey(command.device),
				command.id,
			);
			const closed = reply && (await applyReply(deps, command.id, command.messageId, reply));
			if (closed) return closed;
		}
		const moved = move(command, change);
		if (!moved) return stored;
		const replaced = await deps.commands.replace(stored, moved);
		if (replaced) return replaced;
		const fresh = await deps.commands.get(command.id);
		if (!fresh) return stored;
		stored = fresh;
	}
}

/** Whether a worker should send the command now. */
export function isReady(command: Command, now: number): boolean {
	if (now >= command.expiresAt) return false;
	if (command.state === "accepted") return true;
	return command.state === "waiting" && (command.wakeAt ?? 0) <= now;
}
