import type { Attempt, Command } from "./command.ts";

/** A command that is throttled for hours stays small: the first attempts and the last ones are kept. */
const KEPT_FIRST = 10;
const KEPT_LAST = 90;

export function withAttempt(
	command: Command,
	attempt: Attempt,
): Pick<Command, "attempts" | "attemptsOmitted"> {
	const attempts = [...command.attempts, attempt];
	const surplus = attempts.length - KEPT_FIRST - KEPT_LAST;
	if (surplus <= 0) return { attempts, attemptsOmitted: command.attemptsOmitted };
	attempts.splice(KEPT_FIRST, surplus);
	return { attempts, attemptsOmitted: command.attemptsOmitted + surplus };
}

export const attemptCount = (command: Command): number =>
	command.attempts.length + command.attemptsOmitted;
