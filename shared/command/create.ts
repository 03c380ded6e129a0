import type { Command, CommandRequest, Source } from "./command.ts";

/**
 * How long an accepted command may lie before the tick looks for it: its own
 * worker invocation normally takes milliseconds.
 */
export const PICKUP_MS = 30_000;

/**
 * A new command. The same arguments give the same command, whoever builds it.
 *
 * @param startAt not sent before this time; until then the command waits.
 */
export function createCommand(
	id: string,
	createdAt: number,
	request: CommandRequest,
	source: Source,
	startAt = createdAt,
): Command {
	const waits = startAt > createdAt;
	return {
		...request,
		id,
		source,
		state: waits ? "waiting" : "accepted",
		attempts: [],
		attemptsOmitted: 0,
		createdAt,
		updatedAt: createdAt,
		expiresAt: Math.max(startAt, createdAt) + request.expiresIn * 1000,
		wakeAt: waits ? startAt : createdAt + PICKUP_MS,
	};
}
