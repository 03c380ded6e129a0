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
export const CLOCK_SKEW_MS = 2_000;

/** `setTimeout` fires at once for anything longer (Node.js documentation, Timers). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
	now: () => Date.now(),
	sleep: (ms, signal) => sleepWith(systemClock, ms, signal),
	after(ms, callback) {
		const dueAt = performance.now() + ms;
		let timer: NodeJS.Timeout;
		const arm = () => {
			const left = dueAt - performance.now();
			timer =
				left > MAX_TIMEOUT_MS
					? setTimeout(arm, MAX_TIMEOUT_MS)
					: setTimeout(callback, Math.max(0, left));
		};
		arm();
		return () => clearTimeout(timer);
	},
};

/** `sleep` in terms of `after`, for implementations of `Clock`. */
export function sleepWith(
	clock: Pick<Clock, "after">,
	ms: number,
	signal?: AbortSignal,
): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) {
			reject(signal.reason);
			return;
		}
		const onAbort = () => {
			cancel();
			reject(signal?.reason);
		};
		const cancel = clock.after(ms, () => {
			signal?.removeEventListener("abort", onAbort);
			resolve();
		});
		signal?.addEventListener("abort", onAbort, { once: true });
	});
}
