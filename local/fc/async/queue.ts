import type { Account } from "../../account.ts";
import type { Clock } from "../../clock/clock.ts";
import { DueHeap } from "../../clock/due-heap.ts";
import type { Queues } from "../../service.ts";
import type { Destination } from "../../stack/index.ts";
import { fcErrors } from "../errors.ts";
import { newRequestId } from "../ids.ts";
import type { FunctionInvoker, Invocation } from "../invoker.ts";
import { destinationBody } from "./destination.ts";
import type { AsyncRequest, AsyncStore, TaskStatus } from "./store.ts";

/** The first retry comes 0.5 s later, each further one after twice that time ("Retry policies"). */
const FIRST_RETRY_MS = 500;
/** Doubling ends here, so that the hours of throttling do not become days. */
const MAX_RETRY_DELAY_MS = 512_000;
/** Throttled requests are retried for 5 hours ("Retry policies"). */
const MAX_THROTTLED_MS = 5 * 3_600_000;
/** Records of tasks that ended are kept for 7 days. */
const TASK_RECORD_MS = 7 * 86_400_000;
const SWEEP_EVERY_ENDED = 1_000;

export interface AsyncQueueOptions {
	readonly clock: Clock;
	readonly account: Account;
	readonly store: AsyncStore;
	readonly queues: Queues;
	readonly log: (line: string) => void;
}

/** What one function has waiting, and how much of it is under way. */
interface Lane {
	readonly invoker: FunctionInvoker;
	readonly waiting: DueHeap<string>;
	running: number;
	cancelTimer: () => void;
}

/** Asynchronous invocations: kept until they ended, retried, reported to destinations. */
export class AsyncQueue {
	readonly #options: AsyncQueueOptions;
	readonly #lanes = new Map<string, Lane>();
	readonly #running = new Set<string>();
	#ended = 0;
	#closed = false;

	constructor(options: AsyncQueueOptions) {
		this.#options = options;
	}

	addFunction(invoker: FunctionInvoker): void {
		this.#lanes.set(invoker.definition.functionName, {
			invoker,
			waiting: new DueHeap(),
			running: 0,
			cancelTimer: () => {},
		});
	}

	/** Takes up what an earlier run left. */
	resume(): void {
		const { store, clock } = this.#options;
		store.forgetEndedBefore(clock.now() - TASK_RECORD_MS);
		for (const { requestId, functionName, dueAt } of store.pending()) {
			// A function that s.yaml no longer has keeps its requests until it comes back.
			this.#lanes.get(functionName)?.waiting.push(dueAt, requestId);
		}
		for (const lane of this.#lanes.values()) this.#pump(lane);
	}

	/**
	 * Durable when it returns.
	 * @throws FcError 409 if the function already has a request with this task id.
	 */
	accept(
		functionName: string,
		request: {
			readonly requestId: string;
			readonly payload: Buffer;
			readonly delayMs: number;
			readonly taskId?: string;
			/** Whether destinations are told of its end; they are, unless a timer asked. */
			readonly reported?: boolean;
		},
	): void {
		const lane = this.#lane(functionName);
		const now = this.#options.clock.now();
		const dueAt = now + request.delayMs;
		const taskId =
			request.taskId ?? (lane.invoker.definition.async.task ? request.requestId : undefined);
		const inserted = this.#options.store.insert({
			requestId: request.requestId,
			functionName,
			taskId,
			payload: request.payload,
			acceptedAt: now,
			dueAt,
			reported: request.reported ?? true,
		});
		if (!inserted) throw fcErrors.asyncTaskExists(taskId ?? "");
		lane.waiting.push(dueAt, request.requestId);
		this.#pump(lane);
	}

	/** An instance of the function may have become free. */
	onFree(functionName: string): void {
		const lane = this.#lanes.get(functionName);
		if (lane) this.#pump(lane);
	}

	isRunning(requestId: string): boolean {
		return this.#running.has(requestId);
	}

	/** Whether something is under way. What is due has a timer of the clock, and is not begun before that fires. */
	get active(): boolean {
		return [...this.#lanes.values()].some(({ running }) => running > 0);
	}

	close(): void {
		this.#closed = true;
		for (const lane of this.#lanes.values()) lane.cancelTimer();
	}

	#lane(functionName: string): Lane {
		const lane = this.#lanes.get(functionName);
		if (!lane) throw fcErrors.functionNotFound(functionName);
		return lane;
	}

	/**
	 * Starts what is due. No more is under way than the function may have
	 * instances, so only other traffic can make a request meet its limit.
	 */
	#pump(lane: Lane): void {
		if (this.#closed) return;
		lane.cancelTimer();
		while (lane.running < lane.invoker.limit) {
			const requestId = lane.waiting.takeDue(this.#options.clock.now());
			if (requestId === undefined) break;
			const request = this.#options.store.get(requestId);
			if (!request) continue;
			lane.running++;
			this.#running.add(requestId);
			void this.#run(lane, request).finally(() => {
				lane.running--;
				this.#running.delete(requestId);
				this.#pump(lane);
			});
		}
		const { clock } = this.#options;
		const nextAt = lane.waiting.nextAt;
		if (nextAt === undefined || lane.running >= lane.invoker.limit) return;
		lane.cancelTimer = clock.after(nextAt - clock.now(), () => this.#pump(lane));
	}

	async #run(lane: Lane, request: AsyncRequest): Promise<void> {
		const { clock, log } = this.#options;
		try {
			const settings = lane.invoker.definition.async;
			const expiresAt = request.acceptedAt + settings.maxEventAgeSeconds * 1_000;
			if (clock.now() > Math.max(expiresAt, request.dueAt)) {
				this.#end(lane, request, "Expired", "EventAgeExceeded", undefined);
				return;
			}
			const invocation = await lane.invoker.invoke(request.requestId, request.payload);
			if (this.#closed) return;
			this.#settle(lane, request, invocation, expiresAt);
		} catch (error) {
			log(`asynchronous request ${request.requestId}: ${String(error)}`);
			if (!this.#closed) this.#retry(lane, request, { ...request, attempts: request.attempts + 1 });
		}
	}

	#settle(lane: Lane, request: AsyncRequest, invocation: Invocation, expiresAt: number): void {
		const { clock } = this.#options;
		const settings = lane.invoker.definition.async;
		switch (invocation.type) {
			case "success":
				this.#end(lane, request, "Succeeded", "", invocation);
				return;
			case "throttled": {
				const throttles = request.throttles + 1;
				const until = Math.min(expiresAt, request.acceptedAt + MAX_THROTTLED_MS);
				if (clock.now() + delayBefore(throttles) > until) {
					this.#end(lane, request, "Failed", "FunctionResourceExhausted", invocation);
					return;
				}
				this.#retry(lane, request, { attempts: request.attempts, throttles });
				return;
			}
			case "error": {
				const attempts = request.attempts + 1;
				const tooOften = attempts > settings.maxRetryAttempts;
				if (tooOften || clock.now() + delayBefore(attempts) > expiresAt) {
					this.#end(lane, request, "Failed", invocation.errorType, invocation);
					return;
				}
				const errorMessage = invocation.payload.toString("utf8");
				this.#retry(lane, request, { attempts, throttles: 0, errorMessage });
				return;
			}
		}
	}

	#retry(
		lane: Lane,
		request: AsyncRequest,
		next: { attempts: number; throttles: number; errorMessage?: string },
	): void {
		const { clock, store } = this.#options;
		const dueAt = clock.now() + delayBefore(next.throttles || next.attempts);
		store.retry(request.requestId, { errorMessage: "", ...next, dueAt });
		lane.waiting.push(dueAt, request.requestId);
	}

	/** Destinations come first: if the process dies in between, they are told twice rather than never. */
	#end(
		lane: Lane,
		request: AsyncRequest,
		status: TaskStatus,
		condition: string,
		invocation: Invocation | undefined,
	): void {
		const { clock, store, account } = this.#options;
		const settings = lane.invoker.definition.async;
		const ran = invocation !== undefined && invocation.type !== "throttled";
		const invokeCount = request.attempts + (ran ? 1 : 0);
		const destination = status === "Succeeded" ? settings.onSuccess : settings.onFailure;
		if (destination && request.reported) {
			const now = clock.now();
			const end = { account, now, condition, invokeCount, invocation };
			this.#tell(destination, destinationBody(request, end));
		}
		store.end(request, {
			status,
			endedAt: clock.now(),
			attempts: invokeCount,
			durationMs: ran ? invocation.stats.durationMs : 0,
			instanceId: ran ? invocation.stats.instanceId : "",
			errorMessage: invocation?.type === "error" ? invocation.payload.toString("utf8") : condition,
		});
		if (++this.#ended % SWEEP_EVERY_ENDED === 0) {
			store.forgetEndedBefore(clock.now() - TASK_RECORD_MS);
		}
	}

	#tell(destination: Destination, body: Buffer): void {
		const { queues, log, clock } = this.#options;
		try {
			if (destination.type === "queue") {
				queues.send(destination.queue, body.toString("utf8"));
				return;
			}
			this.accept(destination.functionName, {
				requestId: newRequestId(clock.now()),
				payload: body,
				delayMs: 0,
			});
		} catch (error) {
			// Function Compute does not retry a destination that refuses.
			log(`destination ${JSON.stringify(destination)}: ${String(error)}`);
		}
	}
}

/** Before the `count`th retry: 0.5 s, 1 s, 2 s, 4 s … */
function delayBefore(count: number): number {
	return Math.min(MAX_RETRY_DELAY_MS, FIRST_RETRY_MS * 2 ** (count - 1));
}
