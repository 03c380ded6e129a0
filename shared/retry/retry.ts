import pRetry from "p-retry";

/** How long to wait between attempts: a bound that doubles, each time multiplied by chance in [1, 2). */
export interface Backoff {
	readonly minMs: number;
	readonly maxMs: number;
}

export interface RetryOptions extends Backoff {
	/** Attempts after the first; without one, as long as `shouldRetry` says so. */
	readonly retries?: number;
	/** Whether this failure is worth another attempt. */
	readonly shouldRetry: (error: Error, attempt: number) => boolean;
	readonly signal?: AbortSignal;
}

/**
 * Repeats an operation with p-retry, which decides when.
 * @throws the last attempt's error.
 */
export function retry<T>(
	operation: (attempt: number) => Promise<T>,
	{ minMs, maxMs, retries, shouldRetry, signal }: RetryOptions,
): Promise<T> {
	return pRetry(operation, {
		retries: retries ?? Number.POSITIVE_INFINITY,
		minTimeout: minMs,
		maxTimeout: maxMs,
		factor: 2,
		randomize: true,
		shouldRetry: ({ error, attemptNumber }) => shouldRetry(error, attemptNumber),
		...(signal ? { signal } : {}),
	});
}

/** The longest that `retry` waits after this attempt (1 for the first), in milliseconds. */
export const longestPauseMs = (attempt: number, { minMs, maxMs }: Backoff): number =>
	Math.min(maxMs, 2 * minMs * 2 ** Math.min(attempt - 1, 30));
