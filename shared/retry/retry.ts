import pRetry, { type Options } from "p-retry";

/** `setTimeout` fires at once for anything longer (Node.js documentation, Timers). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** p-retry's own options, those that this project uses. Times in milliseconds. */
export interface RetryPolicy {
	/** Attempts after the first. @default Infinity: time alone ends it */
	readonly retries?: number;
	/** Wait before the second attempt; a random share of up to as much again is added. */
	readonly minTimeout: number;
	/** The longest wait. Whoever waits that long waits exactly that long: chance adds nothing to it. */
	readonly maxTimeout: number;
	/** Each wait is this many times the one before. @default 2 */
	readonly factor?: number;
	/** No attempt begins later than this after the first began. @default Infinity */
	readonly maxRetryTime?: number;
}

export interface RetryOptions extends RetryPolicy {
	readonly shouldRetry: (error: Error) => boolean;
	readonly signal?: AbortSignal;
}

/**
 * Repeats the operation while its errors are worth it, with p-retry's own
 * exponential and random backoff.
 *
 * It waits with the global `setTimeout`, as p-retry does: in virtual time
 * either the whole instance's timers are replaced, or a test's
 * (`test/support/time/follow-clock.ts`).
 *
 * @param operation is given the attempt's number, 1 for the first.
 * @throws the last error; or the signal's reason.
 * @example retry(() => post(message), { retries: 3, minTimeout: 50, maxTimeout: 1_000, shouldRetry })
 */
export async function retry<T>(
	operation: (attempt: number) => PromiseLike<T> | T,
	options: RetryOptions,
): Promise<T> {
	const startedAt = performance.now();
	options.signal?.throwIfAborted();
	try {
		return await operation(1);
	} catch (firstError) {
		// Most operations need no p-retry, and setting it up costs more than many of them.
		return pRetry(
			(attempt) => {
				if (attempt === 1) throw firstError;
				return operation(attempt);
			},
			pRetryOptions(options, performance.now() - startedAt),
		);
	}
}

function pRetryOptions(options: RetryOptions, elapsedMs: number): Options {
	const { shouldRetry, maxTimeout, maxRetryTime, signal, ...policy } = options;
	return {
		retries: Number.POSITIVE_INFINITY,
		...policy,
		randomize: true,
		maxTimeout: Math.min(maxTimeout, MAX_TIMEOUT_MS),
		maxRetryTime: Math.max(0, (maxRetryTime ?? Number.POSITIVE_INFINITY) - elapsedMs),
		shouldRetry: ({ error }) => shouldRetry(error),
		...(signal ? { signal } : {}),
	};
}

/** The longest that `retry` waits after this attempt (1 for the first), in milliseconds. */
export function longestPauseMs(
	attempt: number,
	{ minTimeout, maxTimeout, factor = 2 }: RetryPolicy,
): number {
	return Math.min(maxTimeout, 2 * minTimeout * factor ** (attempt - 1));
}
