import type { VirtualClock } from "../clock/virtual-clock.ts";
import { AdminProblem } from "./problem.ts";

/** Moves the virtual clock for people: one move after the other. */
export class ClockControl {
	readonly #clock: VirtualClock | undefined;
	readonly #onMoved: (now: number) => void;
	#last: Promise<unknown> = Promise.resolve();

	constructor(clock: VirtualClock | undefined, onMoved: (now: number) => void) {
		this.#clock = clock;
		this.#onMoved = onMoved;
	}

	get virtual(): boolean {
		return this.#clock !== undefined;
	}

	/** @returns the time at the end, in milliseconds since the epoch. */
	async advance(ms: number): Promise<number> {
		const clock = this.#clock;
		if (!clock) {
			throw new AdminProblem(
				409,
				"time is real here: start with npm start -- --virtual to move it",
			);
		}
		const moved = this.#last.then(() => clock.advance(ms));
		this.#last = moved.catch(() => {});
		await moved;
		this.#onMoved(clock.now());
		return clock.now();
	}
}
