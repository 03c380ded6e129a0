export interface Backoff {
	readonly baseMs: number;
	readonly capMs: number;
}

/**
 * A random share of an exponentially growing bound (AWS Builders' Library,
 * "Timeouts, retries, and backoff with jitter"). p-retry's own `randomize`
 * multiplies by [1, 2), which keeps callers in step; this does not.
 *
 * @param attempt 1 after the first failure.
 * @returns milliseconds to wait.
 */
export function fullJitter(attempt: number, backoff: Backoff, random: () => number): number {
	const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
	return Math.floor(random() * bound);
}
