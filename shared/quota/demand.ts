import { LANES, type Lane } from "../command/command.ts";

/** Weight of the latest second in the rate at which interactive commands arrive. */
const SMOOTHING = 0.7;
const SECOND_MS = 1000;
/** Where bulk waits, it could have made so many times the calls. */
const GROWTH = 2;
/** What comes in less time than this says little about a second. */
const SHORTEST_MS = 250;

/** Foresees how many calls an instance could make in the coming second. */
export class Demand {
	#arrived = { interactive: 0, bulk: 0 };
	#interactiveRate = 0;
	#since = 0;
	#lastAt = Number.NEGATIVE_INFINITY;

	/** When somebody came last. */
	get lastAt(): number {
		return this.#lastAt;
	}

	arrive(lane: Lane, now: number): void {
		this.#arrived[lane]++;
		this.#lastAt = now;
	}

	/**
	 * Bulk comes back as soon as a call has ended, so what came lately will come
	 * again, and more if there were more calls to be had. Interactive commands come one by one: whoever sees one in two seconds
	 * is not given a call in each second for it.
	 * @param waiting calls that wait now.
	 */
	foresee(waiting: Readonly<Record<Lane, number>>, now: number): Record<Lane, number> {
		const seconds = Math.max(SHORTEST_MS, now - this.#since) / SECOND_MS;
		const weight = 1 - (1 - SMOOTHING) ** seconds;
		const interactive = this.#arrived.interactive / seconds;
		this.#interactiveRate += weight * (interactive - this.#interactiveRate);
		const wishes = {
			interactive: waiting.interactive + Math.floor(this.#interactiveRate),
			bulk:
				(waiting.bulk + Math.ceil(this.#arrived.bulk / seconds)) * (waiting.bulk > 0 ? GROWTH : 1),
		};
		for (const lane of LANES) this.#arrived[lane] = 0;
		this.#since = now;
		return wishes;
	}
}
