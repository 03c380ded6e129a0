/**
 * How much the clocks of two instances may differ. Whoever concludes something
 * from a time that another instance wrote waits this much longer.
 */
export const CLOCK_SKEW_MS = 2_000;
/** `setTimeout` fires at once for anything longer (Node.js documentation, Timers). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
export const systemClock = {
	now: () => Date.now(),
	sleep: (ms, signal) => sleepWith(systemClock, ms, signal),
	after(ms, callback) {
		const dueAt = performance.now() + ms;
		let timer;
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
export function sleepWith(clock, ms, signal) {
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
//# sourceMappingURL=clock.js.map
