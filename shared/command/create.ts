import type { Command, CommandRequest, Source } from "./command.ts";
import { parseCommandId } from "./id.ts";

/**
 * How long an accepted command may lie before the timer looks for it: its own
 * worker invocation normally takes milliseconds.
 */
export const PICKUP_MS = 30_000;

/** A new command. The same arguments give the same command, whoever builds it. */
export function createCommand(
	id: string,
	createdAt: number,
	request: CommandRequest,
	source: Source,
): Command {
	if (!parseCommandId(id)) throw new Error(`not a command id: ${id}`);
	const wakeAt = createdAt + PICKUP_MS;
	return {
		...request,
		id,
		source,
		state: "accepted",
		attempts: [],
		attemptsOmitted: 0,
		createdAt,
		updatedAt: createdAt,
		expiresAt: createdAt + request.expiresIn * 1000,
		wakeAt,
		dueAt: wakeAt,
	};
}
