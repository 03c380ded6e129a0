import { LANES, type Lane } from "../command/command.ts";

/** Weight of the latest slice in the rate at which interactive commands arrive. */
const SMOOTHING = 0.3;

/** Foresees how many calls an instance could make in the coming slice. */
export class Demand {
	#arrived = { interactive: 0, bulk: 0 };
	#interactiveRate = 0;
	/** Nobody has come since the last foresight. */
	get quiet(): boolean {
		return LANES.every((lane) => this.#arrived[lane] === 0);
	}

	arrive(lane: Lane): void {
		this.#arrived[lane]++;
	}

	/**
	 * Bulk comes back as soon as a call has ended, so what came in the last slice
	 * will come again. Interactive commands come one by one: whoever sees one in
	 * two seconds is not given a call in each slice for it.
	 * @param waiting calls that wait now.
	 */
	foresee(waiting: Readonly<Record<Lane, number>>): Record<Lane, number> {
		this.#interactiveRate += SMOOTHING * (this.#arrived.interactive - this.#interactiveRate);
		const wishes = {
			interactive: waiting.interactive + Math.floor(this.#interactiveRate),
			bulk: waiting.bulk + this.#arrived.bulk,
		};
		this.#arrived = { interactive: 0, bulk: 0 };
		return wishes;
	}
}
