/**
 * Time as a parameter. Nothing in this project reads `Date.now()` or starts a
 * `setTimeout` of its own: whoever needs time takes a `Clock`, so that every
 * test of a timer, a retry or a lease runs in virtual time.
 */
export interface Clock {
	/** Milliseconds since 1970-01-01T00:00:00Z. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Calls `callback` once after `ms` milliseconds; the returned function cancels that. */
	after(ms: number, callback: () => void): () => void;
}
/**
 * How much the clocks of two instances may differ. Whoever concludes something
 * from a time that another instance wrote waits this much longer.
 */
export declare const CLOCK_SKEW_MS = 2000;
export declare const systemClock: Clock;
/** `sleep` in terms of `after`, for implementations of `Clock`. */
export declare function sleepWith(
	clock: Pick<Clock, "after">,
	ms: number,
	signal?: AbortSignal,
): Promise<void>;
