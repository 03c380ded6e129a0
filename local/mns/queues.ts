import type { Clock } from "../clock/clock.ts";
import type { FaultChooser } from "../request-fault.ts";
import type { QueueMessage, Queues } from "../service.ts";
import type { QueueEngine } from "./engine.ts";
import { DEFAULT_PRIORITY } from "./limits.ts";

/** How soon a look for messages that a fault let fail is repeated. */
const REPEAT_MS = 1_000;

/**
 * The queues for the other local services, without HTTP in between. Failures are
 * `MnsError`s. While a fault lets requests fail, nothing is received here either.
 */
export function inProcessQueues(
	engine: QueueEngine,
	clock: Clock,
	chooseFault: FaultChooser,
): Queues {
	const repeating = new Set<string>();
	const fails = (queue: string) => {
		const fault = chooseFault("BatchReceiveMessage");
		if (!fault || fault.kind === "slow") return false;
		if (!repeating.has(queue)) {
			repeating.add(queue);
			clock.after(REPEAT_MS, () => {
				repeating.delete(queue);
				engine.remind(queue);
			});
		}
		return true;
	};
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
			if (fails(queue)) return [];
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
