import type { Clock } from "../../../shared/clock.ts";

/** Calls one after the other, evenly spaced. */
export class Pace {
	readonly #clock: Clock;
	readonly #spacingMs: number;
	#next = 0;

	constructor(perSecond: number, clock: Clock) {
		this.#spacingMs = 1_000 / perSecond;
		this.#clock = clock;
	}

	async turn(): Promise<void> {
		const now = this.#clock.now();
		const at = Math.max(now, this.#next);
		this.#next = at + this.#spacingMs;
		if (at > now) await this.#clock.sleep(Math.ceil(at - now));
	}
}
