/** Calls of the table store that are remembered: some six seconds of an instance alone. */
const REMEMBERED = 12;
/** Before anything was measured. */
const FIRST_GUESS_MS = 20;
/** Longer ones are stalls: nothing is planned for so far ahead. */
const MAX_ROUND_TRIP_MS = 1_100;

/** No call takes so long: the instance's time was stopped. */
const STOPPED_MS = 5_000;

/** How long the table store takes, as an instance sees it: late timers of a busy machine count, too. */
export class RoundTrips {
	readonly #latest: number[] = [];

	note(ms: number): void {
		if (ms > STOPPED_MS) return;
		this.#latest.push(Math.min(MAX_ROUND_TRIP_MS, Math.max(1, ms)));
		if (this.#latest.length > REMEMBERED) this.#latest.shift();
	}

	/** The longest of late, in milliseconds. */
	get longest(): number {
		return this.#latest.length > 0 ? Math.max(...this.#latest) : FIRST_GUESS_MS;
	}
}
