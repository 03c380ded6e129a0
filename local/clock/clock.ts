/**
 * Time as a parameter. Nothing here reads `Date.now()` or starts a `setTimeout`
 * of its own: whoever needs time takes a `Clock`, and so can be run in virtual
 * time.
 */
export interface Clock {
	/** Milliseconds since 1970-01-01T00:00:00Z. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Calls `callback` once after `ms` milliseconds; the returned function cancels that. */
	after(ms: number, callback: () => void): () => void;
}

/** What a `setTimeout` can wait; anything longer fires at once (Node.js documentation, Timers). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

class SystemClock implements Clock {
	now(): number {
		return Date.now();
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return sleepBy(this, ms, signal);
	}

	after(ms: number, callback: () => void): () => void {
		let timer: NodeJS.Timeout;
		const wait = (leftMs: number) => {
			const stepMs = Math.min(Math.max(0, leftMs), MAX_TIMEOUT_MS);
			const next = leftMs > stepMs ? () => wait(leftMs - stepMs) : callback;
			timer = setTimeout(next, stepMs);
		};
		wait(ms);
		return () => clearTimeout(timer);
	}
}

export const systemClock: Clock = new SystemClock();

/** `Clock.sleep` by means of `Clock.after`. */
export async function sleepBy(
	clock: Pick<Clock, "after">,
	ms: number,
	signal?: AbortSignal,
): Promise<void> {
	signal?.throwIfAborted();
	const { promise, resolve, reject } = deferred();
	const cancel = clock.after(ms, resolve);
	const onAbort = () => reject(signal?.reason);
	signal?.addEventListener("abort", onAbort);
	try {
		await promise;
	} finally {
		cancel();
		signal?.removeEventListener("abort", onAbort);
	}
}

/** `Promise.withResolvers`, which Node.js 20 does not have. */
function deferred() {
	let resolve: () => void = () => {};
	let reject: (reason: unknown) => void = () => {};
	const promise = new Promise<void>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	return { promise, resolve, reject };
}
