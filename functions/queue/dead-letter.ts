import type { Clock } from "../../shared/clock.ts";
import type { QueueMessage } from "../../shared/fc/queue-event.ts";
import { type ExactObject, isExactObject } from "../../shared/json/exact.ts";
import type { Log } from "../../shared/log.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";

interface DeadLetterDeps {
	readonly deadLetters: DeadLetterStore;
	readonly clock: Clock;
	readonly log: Log;
}

/** Puts a message aside, once however often it comes. */
export async function deadLetter(
	deps: DeadLetterDeps,
	message: QueueMessage,
	identity: string,
	reason: string,
): Promise<void> {
	const letter = await deps.deadLetters.add(
		{
			at: timeOf(message, deps.clock.now()),
			source: { type: "queue", ref: `${message.origin} ${identity}`.trim() },
			reason,
			text: message.text,
		},
		`${message.origin} ${identity}`,
	);
	deps.log.warn("a message became a dead letter", { reason, deadLetter: letter.id });
}

/** Ids begin with their time, of which ULIDs have room for 48 bits. */
function timeOf({ sentAt = 0 }: QueueMessage, now: number): number {
	return sentAt > 0 && sentAt <= now ? sentAt : now;
}

/** An invocation of the worker that failed for good. Its commands are in the table, and the tick wakes them. */
export async function noteFailure(
	deps: DeadLetterDeps,
	message: QueueMessage,
	record: ExactObject,
): Promise<void> {
	const { requestContext, responsePayload } = record;
	const requestId = isExactObject(requestContext) ? requestContext["requestId"] : undefined;
	const error = isExactObject(responsePayload) ? responsePayload["errorMessage"] : undefined;
	const identity = typeof requestId === "string" ? requestId : (message.id ?? message.text);
	await deadLetter(
		deps,
		message,
		identity,
		`an invocation of the worker failed for good (${String(error ?? "no reason given")}); the tick wakes its commands`,
	);
}
