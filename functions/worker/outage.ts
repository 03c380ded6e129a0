import type { Clock } from "../../shared/clock.ts";

/** So many failures in a row, without one answer, are an outage of the platform. */
const FAILURES_OF_AN_OUTAGE = 10;
/** During an outage one call in this time finds out whether it is over. */
const PROBE_EVERY_MS = 500;

/** `probe`: this call finds out whether the outage is over; `none`: the time was up. */
type Turn = "call" | "probe" | "none";

interface Waiting {
	readonly until: number;
	readonly resolve: (turn: Turn) => void;
}

/**
 * Whether the platform answers at all. While it does not, commands wait here,
 * unclaimed and without attempts, instead of each finding out by itself; once a
 * call is answered, all of them go on in the order in which they came.
 */
export class Outage {
	readonly #clock: Clock;
	#failures = 0;
	#waiting: Waiting[] = [];
	#probing = false;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get known(): boolean {
		return this.#failures >= FAILURES_OF_AN_OUTAGE;
	}

	/** What became of a call: whether the platform itself answered it. */
	report(answered: boolean): void {
		this.#failures = answered ? 0 : this.#failures + 1;
		if (!answered) return;
		for (const { resolve } of this.#waiting.splice(0)) resolve("call");
	}

	/**
	 * Waits until the platform answers, or it is this caller's turn to find out.
	 * @param until gives up at this time, in milliseconds since the epoch.
	 */
	over(until: number): Promise<Turn> {
		if (!this.known) return Promise.resolve("call");
		return new Promise((resolve) => {
			this.#waiting.push({ until, resolve });
			this.#probe();
		});
	}

	#probe(): void {
		if (this.#probing) return;
		this.#probing = true;
		this.#clock.after(PROBE_EVERY_MS, () => {
			this.#probing = false;
			const now = this.#clock.now();
			const late = this.#waiting.filter(({ until }) => until <= now);
			const [next, ...others] = this.#waiting.filter(({ until }) => until > now);
			this.#waiting = others;
			for (const { resolve } of late) resolve("none");
			next?.resolve("probe");
			if (others.length > 0) this.#probe();
		});
	}
}
