/** How the platform counts calls against a limit per second; the vendor does not say which. */
export const THROTTLE_MODELS = ["token-bucket", "fixed-window"] as const;
export type ThrottleModel = (typeof THROTTLE_MODELS)[number];

/** Small limits would make a bucket of a tenth refuse the second call of a quiet account. */
const FULL_BURST_UP_TO = 50;
const BURST_SHARE = 0.1;

const WINDOW_MS = 1000;

export interface Throttle {
	/** @returns false if the call is over the limit. */
	take(now: number): boolean;
}

export function createThrottle(model: ThrottleModel, perSecond: number): Throttle {
	return model === "fixed-window" ? new FixedWindow(perSecond) : new TokenBucket(perSecond);
}

/** By the second of the clock; undefined if there is no limit. */
export function throttleOf(perSecond: number | undefined): Throttle | undefined {
	return perSecond === undefined ? undefined : new FixedWindow(perSecond);
}

/** At most `perSecond` calls in each second of the clock. */
class FixedWindow implements Throttle {
	readonly #perSecond: number;
	#window = Number.NEGATIVE_INFINITY;
	#used = 0;

	constructor(perSecond: number) {
		this.#perSecond = perSecond;
	}

	take(now: number): boolean {
		const window = Math.floor(now / WINDOW_MS);
		if (window !== this.#window) {
			this.#window = window;
			this.#used = 0;
		}
		if (this.#used >= this.#perSecond) return false;
		this.#used++;
		return true;
	}
}

/** Refills evenly; a quiet while saves up a burst of a tenth of a second's calls. */
class TokenBucket implements Throttle {
	readonly #perSecond: number;
	readonly #capacity: number;
	#tokens: number;
	#at: number | undefined;

	constructor(perSecond: number) {
		this.#perSecond = perSecond;
		this.#capacity = Math.max(Math.min(perSecond, FULL_BURST_UP_TO), perSecond * BURST_SHARE);
		this.#tokens = this.#capacity;
	}

	take(now: number): boolean {
		const elapsedMs = Math.max(0, now - (this.#at ?? now));
		this.#at = now;
		this.#tokens = Math.min(
			this.#capacity,
			this.#tokens + (elapsedMs * this.#perSecond) / WINDOW_MS,
		);
		if (this.#tokens < 1) return false;
		this.#tokens -= 1;
		return true;
	}
}
