import type { Command } from "../../shared/command/command.ts";
import { deviceKey } from "../../shared/command/device.ts";
import type { Move } from "../../shared/command/move.ts";
import { isTerminal } from "../../shared/command/state.ts";
import { replyToLost } from "../../shared/lifecycle/lost-reply.ts";
import { moveOfReply } from "../../shared/lifecycle/reply.ts";
import type { WorkerDeps } from "./deps.ts";

type LostDeps = Pick<WorkerDeps, "commands" | "replies" | "together">;

/**
 * What a call has done to a command, as far as the device has said it: where
 * nobody knows whether it has the command, its reply may have come already.
 * Otherwise the reply is told to look for this command.
 */
export async function unlessReplied(deps: LostDeps, command: Command, change: Move): Promise<Move> {
	const isInDoubt = change.event === "lose" || change.inDoubt === true;
	if (!isInDoubt || change.messageId !== undefined) return change;
	await awaitReply(deps, command);
	const found = await replyToLost(deps, command);
	if (!found) return change;
	const { at, attempt, answer } = change;
	return {
		...moveOfReply(command, found.reply, at),
		messageId: found.messageId,
		...(attempt ? { attempt } : {}),
		...(answer ? { answer } : {}),
	};
}

async function awaitReply({ commands, together }: LostDeps, command: Command): Promise<void> {
	const { id, device, service } = command;
	await together.takeOver(deviceKey(device), service, id, async (holder) => {
		const other = (await commands.getReadable(holder))?.document;
		return !other?.together || isTerminal(other.state);
	});
}
