import type { QueueMessage, Queues, ServiceContext } from "../../service.ts";
import type { EventStreamTrigger } from "../../stack/index.ts";
import type { AsyncQueue } from "../async/queue.ts";
import { MAX_ASYNC_PAYLOAD_BYTES } from "../functions.ts";
import { newRequestId } from "../ids.ts";
import type { FunctionInvoker } from "../invoker.ts";
import type { Batch, BatchStore } from "./batch-store.ts";
import { cloudEvent } from "./cloud-event.ts";
import { retryDelayMs } from "./stream-retry.ts";

/** Batches of one stream that are with the function at the same time. */
const MAX_CONCURRENT_BATCHES = 4;
/** Batches taken from the queue and not done with, those that wait for a retry included. */
const MAX_OPEN_BATCHES = 64;
/** Most messages taken from the queue at once. */
const MAX_RECEIVE = 1_000;
/** A batch stays well below the 32 MB of a synchronous invocation. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** How long a message is hidden: longer than all retries of its batch may last. */
const HIDE_MS = { BACKOFF_RETRY: 3_600_000, EXPONENTIAL_DECAY_RETRY: 172_800_000 } as const;
/** When no instance is to be had the batch has not failed: it is tried again soon. */
const THROTTLED_RETRY_MS = 1_000;

/** Before a queue that failed is asked again. */
const QUEUE_FAILURE_MS = 1_000;

export interface EventStreamOptions {
	readonly context: ServiceContext;
	readonly queues: Queues;
	readonly store: BatchStore;
	readonly asyncQueue: AsyncQueue;
	readonly invoker: FunctionInvoker;
	readonly trigger: EventStreamTrigger;
}

/**
 * An event stream from a queue to a function. Messages are collected into
 * batches by number or time, and leave the queue only when the function took
 * the whole batch or it was put into the dead-letter queue.
 */
export class EventStream {
	readonly #options: EventStreamOptions;
	readonly #name: string;
	readonly #maxConcurrent: number;
	readonly #timers = new Set<() => void>();
	readonly #ready: Batch[] = [];
	#collecting: Batch | undefined;
	#cancelWindow: () => void = () => {};
	#endListening: () => void = () => {};
	#running = 0;
	/** Batches that keep their place while they wait for a retry. */
	#held = 0;
	#open = 0;
	#pumpScheduled = false;
	#closed = false;

	constructor(options: EventStreamOptions) {
		this.#options = options;
		const { trigger, invoker } = options;
		this.#name = `MNS-${invoker.definition.functionName}-${trigger.name}`;
		// errorsTolerance NONE: a batch that fails holds up those behind it.
		this.#maxConcurrent =
			trigger.errorsTolerance === "NONE" ? 1 : Math.min(MAX_CONCURRENT_BATCHES, invoker.limit);
	}

	start(): void {
		const { queues, trigger, store, context } = this.#options;
		queues.ensure(trigger.queue);
		if (trigger.deadLetterQueue) queues.ensure(trigger.deadLetterQueue);
		for (const batch of store.all(this.#name)) {
			this.#open++;
			this.#wait(batch, Math.max(0, batch.dueAt - context.clock.now()));
		}
		this.#endListening = queues.onVisible(trigger.queue, () => this.#schedulePump());
		this.#schedulePump();
	}

	/** Whether a batch is with the function. */
	get active(): boolean {
		return this.#running > 0 || this.#pumpScheduled;
	}

	close(): void {
		this.#closed = true;
		this.#endListening();
		this.#cancelWindow();
		for (const cancel of this.#timers) cancel();
	}

	/** In the next turn, so that messages sent together are received together. */
	#schedulePump(): void {
		if (this.#pumpScheduled || this.#closed) return;
		this.#pumpScheduled = true;
		setImmediate(() => {
			this.#pumpScheduled = false;
			this.#pump();
		});
	}

	/** The queue may have been deleted by its users: the stream waits for it to come back. */
	#pump(): void {
		if (this.#closed) return;
		try {
			this.#fillAndDeliver();
		} catch (error) {
			this.#options.context.log(`${this.#name}: ${String(error)}`);
			this.#later(QUEUE_FAILURE_MS, () => this.#pump());
		}
	}

	#fillAndDeliver(): void {
		const { trigger } = this.#options;
		while (!this.#closed) {
			while (this.#running + this.#held < this.#maxConcurrent) {
				const batch = this.#ready.shift();
				if (!batch) break;
				this.#deliver(batch);
			}
			const full = this.#running + this.#held >= this.#maxConcurrent;
			if (full || this.#open >= MAX_OPEN_BATCHES) return;
			if (!this.#collect()) return;
			const collected = this.#collecting?.messages.length ?? 0;
			if (collected >= trigger.batchCount || trigger.batchSeconds === 0) this.#closeWindow();
		}
	}

	/** @returns false if the queue has nothing to receive. */
	#collect(): boolean {
		const { queues, trigger, store, context } = this.#options;
		const missing = trigger.batchCount - (this.#collecting?.messages.length ?? 0);
		const hideMs = HIDE_MS[trigger.retry];
		const messages = queues.receive(trigger.queue, Math.min(missing, MAX_RECEIVE), hideMs);
		if (messages.length === 0) return false;
		if (this.#collecting) {
			this.#collecting = store.extend(this.#collecting, messages);
		} else {
			this.#collecting = store.insert(this.#name, messages, context.clock.now());
			this.#open++;
			this.#cancelWindow = context.clock.after(trigger.batchSeconds * 1_000, () => {
				this.#closeWindow();
				this.#pump();
			});
		}
		if (bytesOf(this.#collecting.messages) > MAX_BATCH_BYTES) this.#closeWindow();
		return true;
	}

	#closeWindow(): void {
		this.#cancelWindow();
		if (this.#collecting) this.#ready.push(this.#collecting);
		this.#collecting = undefined;
	}

	#deliver(batch: Batch): void {
		this.#running++;
		void this.#attempt(batch)
			.catch((error: unknown) => {
				this.#options.context.log(`${this.#name}: ${String(error)}`);
				return "failed" as const;
			})
			.then((result) => {
				if (this.#closed) return;
				this.#running--;
				this.#conclude(batch, result);
			})
			.catch((error: unknown) => {
				// The batch stays in the store and is delivered again.
				this.#options.context.log(`${this.#name}: ${String(error)}`);
				this.#wait(batch, QUEUE_FAILURE_MS);
			})
			.finally(() => this.#schedulePump());
	}

	async #attempt(batch: Batch): Promise<"done" | "failed" | "throttled"> {
		const { context, invoker, trigger, asyncQueue } = this.#options;
		const payload = Buffer.from(JSON.stringify(this.#events(batch)));
		const requestId = newRequestId(context.clock.now());
		if (trigger.asynchronous) {
			if (payload.length > MAX_ASYNC_PAYLOAD_BYTES) return "failed";
			asyncQueue.accept(invoker.definition.functionName, { requestId, payload, delayMs: 0 });
			return "done";
		}
		const invocation = await invoker.invoke(requestId, payload);
		switch (invocation.type) {
			case "success":
				return "done";
			case "throttled":
				return "throttled";
			case "error":
				context.log(
					`${this.#name} ${requestId} failed with ${batch.messages.length} messages: ${invocation.payload.toString("utf8", 0, 500)}`,
				);
				return "failed";
		}
	}

	#conclude(batch: Batch, result: "done" | "failed" | "throttled"): void {
		const { context, store, trigger } = this.#options;
		const now = context.clock.now();
		if (result === "done") {
			this.#finish(batch);
			return;
		}
		if (result === "throttled") {
			const next = store.retry(batch, batch.attempts, now + THROTTLED_RETRY_MS);
			this.#wait(next, THROTTLED_RETRY_MS);
			return;
		}
		const attempts = batch.attempts + 1;
		const delay = retryDelayMs(trigger.retry, attempts, context.random);
		if (delay !== undefined) {
			this.#wait(store.retry(batch, attempts, now + delay), delay);
			return;
		}
		if (trigger.errorsTolerance === "NONE") {
			const again = retryDelayMs(trigger.retry, 1, context.random) ?? 0;
			this.#wait(store.retry(batch, batch.attempts, now + again), again);
			return;
		}
		this.#bury(batch);
		this.#finish(batch);
	}

	/** The messages first: if the process dies in between, the batch comes again. */
	#finish(batch: Batch): void {
		const { queues, store, trigger } = this.#options;
		for (const message of batch.messages) {
			try {
				queues.remove(trigger.queue, message.receiptHandle);
			} catch {
				// Gone with its queue.
			}
		}
		store.remove(batch);
		this.#open--;
	}

	#bury(batch: Batch): void {
		const { queues, trigger, context } = this.#options;
		if (!trigger.deadLetterQueue) {
			context.log(`${this.#name} drops ${batch.messages.length} messages: no dead-letter queue`);
			return;
		}
		for (const event of this.#events(batch)) {
			queues.send(trigger.deadLetterQueue, JSON.stringify(event));
		}
	}

	#events(batch: Batch): Record<string, unknown>[] {
		const { trigger, context } = this.#options;
		const info = { account: context.account, now: context.clock.now(), streamName: this.#name };
		return batch.messages.map((message) => cloudEvent(message, trigger, info));
	}

	/** With errorsTolerance NONE a waiting batch keeps its place, so that none overtakes it. */
	#wait(batch: Batch, ms: number): void {
		const holds = this.#options.trigger.errorsTolerance === "NONE";
		if (holds) this.#held++;
		this.#later(ms, () => {
			if (holds) this.#held--;
			this.#ready.unshift(batch);
			this.#pump();
		});
	}

	#later(ms: number, callback: () => void): void {
		const cancel = this.#options.context.clock.after(ms, () => {
			this.#timers.delete(cancel);
			callback();
		});
		this.#timers.add(cancel);
	}
}

function bytesOf(messages: readonly QueueMessage[]): number {
	return messages.reduce((sum, message) => sum + message.body.length, 0);
}
