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

/** What a list shows in place of a command whose row cannot be read: whether its device has it is not known. */
export function damagedCommand(id: string, createdAt: number, { message }: Error): Command {
	return {
		id,
		device: {},
		service: "",
		args: "{}",
		argsForm: "json",
		expiresIn: 0,
		replyTimeout: 0,
		onUnknown: "report",
		whenOffline: "fail",
		lane: "bulk",
		qos: 0,
		source: { type: "http", ref: null },
		state: "unknown",
		attempts: [],
		attemptsOmitted: 0,
		createdAt,
		updatedAt: createdAt,
		expiresAt: createdAt,
		error: { code: "DamagedRow", message },
	};
}
