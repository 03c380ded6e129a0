import type { QueueMessage, Queues } from "../service.ts";
import type { QueueEngine } from "./engine.ts";
import { DEFAULT_PRIORITY } from "./limits.ts";

/** The queues for the other local services, without HTTP in between. Failures are `MnsError`s. */
export function inProcessQueues(engine: QueueEngine): Queues {
	return {
		ensure(queue) {
			if (!engine.has(queue)) engine.create(queue);
		},
		send(queue, body) {
			const target = engine.queue(queue);
			const delayMs = target.attributes.delaySeconds * 1_000;
			const [sent] = engine.send(target, [{ body, priority: DEFAULT_PRIORITY, delayMs }]);
			return sent?.messageId ?? "";
		},
		receive(queue, max, visibilityMs) {
			return engine.receive(engine.queue(queue), max, visibilityMs).map(
				(message): QueueMessage => ({
					messageId: message.messageId,
					body: message.body,
					dequeueCount: message.dequeueCount,
					enqueuedAt: message.enqueuedAt,
					receiptHandle: message.receiptHandle,
				}),
			);
		},
		remove: (queue, receiptHandle) =>
			engine.remove(engine.queue(queue), receiptHandle) === "removed",
		onVisible: (queue, listener) => engine.onVisible(queue, listener),
	};
}
