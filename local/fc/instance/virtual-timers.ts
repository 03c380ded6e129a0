import type { Clock } from "../../clock/clock.ts";

/** The timers that an instance in virtual time has set, kept by the local cloud's clock. */
export class VirtualTimers {
	readonly #clock: Clock;
	readonly #fire: (id: number) => void;
	readonly #pending = new Map<number, () => void>();
	#overdue: number[] = [];
	#frozen = false;

	constructor(clock: Clock, fire: (id: number) => void) {
		this.#clock = clock;
		this.#fire = fire;
	}

	set(id: number, ms: number): void {
		this.clear(id);
		const cancel = this.#clock.after(ms, () => {
			this.#pending.delete(id);
			// A frozen process gets to its timers when it goes on.
			if (this.#frozen) this.#overdue.push(id);
			else this.#fire(id);
		});
		this.#pending.set(id, cancel);
	}

	clear(id: number): void {
		this.#pending.get(id)?.();
		this.#pending.delete(id);
	}

	freeze(): void {
		this.#frozen = true;
	}

	thaw(): void {
		this.#frozen = false;
		for (const id of this.#overdue) this.#fire(id);
		this.#overdue = [];
	}

	close(): void {
		for (const cancel of this.#pending.values()) cancel();
		this.#pending.clear();
	}
}
