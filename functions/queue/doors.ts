import { type QueueMessage, readMessage, readQueueEvent } from "../../shared/fc/queue-event.ts";
import { type ExactJson, type ExactObject, isExactObject } from "../../shared/json/exact.ts";

/** What may come by a queue or topic: commands, or what devices and the platform report. */
export type Door = "commands" | "events";

/** Names of queues and topics, by what may come through them. */
export interface DoorNames {
	readonly commands: readonly string[];
	readonly events: readonly string[];
	/** Where that which the other queues have given up ends, and what the worker could not do. */
	readonly deadLetters: readonly string[];
	/** All others, and events without a queue: those of an IoT Platform rule, or of a topic's raw stream. */
	readonly others: Door;
}

/** A message and what it may be. */
export interface Arrival {
	readonly message: QueueMessage;
	readonly door: Door;
	/** Its queue has tried it to the end: it comes from a dead-letter queue. */
	readonly gaveUp: boolean;
}

/** An invocation of the worker that Function Compute has given up. */
interface FailedInvocation {
	readonly message: QueueMessage;
	readonly record: ExactObject;
}

export interface Arrivals {
	readonly messages: readonly Arrival[];
	readonly failures: readonly FailedInvocation[];
}

/** The messages of an event, each with its door; those of a dead-letter queue with the door that they first came to. */
export function arrivalsOf(event: Buffer, names: DoorNames): Arrivals {
	const messages: Arrival[] = [];
	const failures: FailedInvocation[] = [];
	for (const message of readQueueEvent(event)) {
		if (!names.deadLetters.includes(message.queue ?? "")) {
			messages.push({ message, door: doorOf(message, names), gaveUp: false });
			continue;
		}
		const { content } = message;
		if (isExactObject(content) && "requestContext" in content && "requestPayload" in content) {
			failures.push({ message, record: content });
		} else {
			for (const inner of givenUp(content)) {
				messages.push({ message: inner ?? message, door: doorOf(inner, names), gaveUp: true });
			}
		}
	}
	return { messages, failures };
}

function doorOf(message: QueueMessage | undefined, names: DoorNames): Door {
	const queue = message?.queue;
	if (queue === undefined) return names.others;
	if (names.commands.includes(queue)) return "commands";
	return names.events.includes(queue) ? "events" : names.others;
}

/** EventBridge puts the events themselves into the dead-letter queue; undefined: this is none. */
function givenUp(content: ExactJson): Array<QueueMessage | undefined> {
	const events: readonly ExactJson[] = Array.isArray(content) ? content : [content];
	return events.map((event) =>
		isExactObject(event) && event["specversion"] !== undefined ? readMessage(event) : undefined,
	);
}
