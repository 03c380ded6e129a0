import type { Attempt, Command } from "./command.ts";

/** A command that is throttled for hours stays small: the first attempts and the last ones are kept. */
const KEPT_FIRST = 10;
const KEPT_LAST = 90;

/** The error of a command whose worker ended while it was sending, and of that attempt. */
export const WORKER_LOST = "WorkerLost";

export function withAttempt(
	command: Command,
	attempt: Attempt,
): Pick<Command, "attempts" | "attemptsOmitted"> {
	// A worker that was taken for lost has come back with what became of its attempt.
	const before = command.attempts.filter(
		({ code, at, durationMs }) =>
			code !== WORKER_LOST || attempt.at < at || attempt.at > at + durationMs,
	);
	const attempts = [...before, attempt];
	const surplus = attempts.length - KEPT_FIRST - KEPT_LAST;
	if (surplus <= 0) return { attempts, attemptsOmitted: command.attemptsOmitted };
	attempts.splice(KEPT_FIRST, surplus);
	return { attempts, attemptsOmitted: command.attemptsOmitted + surplus };
}

export const attemptCount = (command: Command): number =>
	command.attempts.length + command.attemptsOmitted;
