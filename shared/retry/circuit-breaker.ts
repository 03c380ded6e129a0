import type { Clock } from "../clock.ts";

export interface BreakerOptions {
	readonly clock: Clock;
	/** This many failures in a row, and no success between them, … */
	readonly failures: number;
	/** … the first of which began this long ago, open it. One burst of errors is no outage. */
	readonly spanMs: number;
	/** While it is open one call in this time is let through, to see whether it works again. */
	readonly probeEveryMs: number;
}

/**
 * Refuses calls to a service that is failing, so that nobody queues for it, and
 * lets single ones through until one succeeds (Nygard, "Release It!", "Circuit
 * Breaker"). A probe that hangs does not hold up the next.
 */
export class CircuitBreaker {
	readonly #options: BreakerOptions;
	#failures = 0;
	#failingSince = 0;
	/** When the next probe may go; undefined while it is closed. */
	#probeAt: number | undefined;

	constructor(options: BreakerOptions) {
		this.#options = options;
	}

	get open(): boolean {
		return this.#probeAt !== undefined;
	}

	/** Whether a call would be refused now. Asks only: takes no probe. */
	get refuses(): boolean {
		return this.#probeAt !== undefined && this.#options.clock.now() < this.#probeAt;
	}

	/** @returns false if the call must not be made. */
	admit(): boolean {
		if (this.refuses) return false;
		if (this.open) this.#probeAt = this.#options.clock.now() + this.#options.probeEveryMs;
		return true;
	}

	succeeded(): void {
		this.#failures = 0;
		this.#probeAt = undefined;
	}

	/** @param startedAt when the call that failed began, in milliseconds since the epoch. */
	failed(startedAt: number): void {
		const { clock, failures, spanMs, probeEveryMs } = this.#options;
		this.#failingSince = this.#failures === 0 ? startedAt : Math.min(this.#failingSince, startedAt);
		this.#failures++;
		const now = clock.now();
		if (this.open || this.#failures < failures || now - this.#failingSince < spanMs) return;
		this.#probeAt = now + probeEveryMs;
	}
}
