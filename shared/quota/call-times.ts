/**
 * An unused call may still be made this much later, for the sake of timers and
 * answers that come late. All instances together then exceed the rate by no
 * more than the calls of this time.
 */
export const GRACE_MS = 60;

/** The times at which an instance may make its calls, in order; each is good for one call. */
export class CallTimes {
	#times: number[] = [];
	#first = 0;

	/** @param times ascending, and later than those of before. */
	add(times: readonly number[]): void {
		this.#times = [...this.#times.slice(this.#first), ...times];
		this.#first = 0;
	}

	/** Takes those after this time back. */
	dropAfter(time: number): void {
		this.#times = this.#times.slice(this.#first).filter((one) => one <= time);
		this.#first = 0;
	}

	/** @returns whether there was a call for this time, or up to `aheadMs` later. */
	take(now: number, aheadMs: number): boolean {
		const next = this.next(now);
		if (next === undefined || next > now + aheadMs) return false;
		this.#first++;
		return true;
	}

	/** The next time that is still good. */
	next(now: number): number | undefined {
		for (;;) {
			const time = this.#times[this.#first];
			if (time === undefined || time >= now - GRACE_MS) return time;
			this.#first++;
		}
	}
}
