import type { Clock } from "../clock/clock.ts";
import type { QueueEngine } from "./engine.ts";
import type { StoredMessage } from "./store.ts";

export interface Poll {
	readonly queue: string;
	readonly max: number;
	/** 0: answer at once. */
	readonly waitMs: number;
	/** Aborted when the client goes away: a message must not be hidden for no one. */
	readonly signal: AbortSignal;
}

/**
 * Messages as soon as there are any, none after the wait. Nothing runs while it
 * waits: the queue's bell wakes it, or the clock ends it.
 *
 * @throws MnsError QueueNotExist, also when the queue is deleted meanwhile.
 */
export async function poll(
	engine: QueueEngine,
	clock: Clock,
	{ queue, max, waitMs, signal }: Poll,
): Promise<StoredMessage[]> {
	const take = () => {
		const row = engine.queue(queue);
		return engine.receive(row, max, row.attributes.visibilitySeconds * 1_000);
	};
	const first = take();
	if (first.length > 0 || waitMs <= 0 || signal.aborted) return first;
	return new Promise((resolve, reject) => {
		const end = (settle: () => void) => {
			unsubscribe();
			cancel();
			signal.removeEventListener("abort", onAbort);
			settle();
		};
		const onAbort = () => end(() => resolve([]));
		const unsubscribe = engine.onVisible(queue, () => {
			try {
				const messages = take();
				if (messages.length > 0) end(() => resolve(messages));
			} catch (error) {
				end(() => reject(error));
			}
		});
		const cancel = clock.after(waitMs, () => end(() => resolve([])));
		signal.addEventListener("abort", onAbort, { once: true });
	});
}
