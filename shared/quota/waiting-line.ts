import { LANES, type Lane } from "../command/command.ts";

export interface Waiting {
	/** Gives up at this time, in milliseconds since the epoch. */
	readonly until: number;
	readonly decide: (granted: boolean) => void;
}

/** Those who wait for a call: `interactive` before `bulk`, and within a lane each source in turn. */
export class WaitingLine {
	/** Sources in the order of their turns. */
	readonly #lanes: Readonly<Record<Lane, Map<string, Waiting[]>>> = {
		interactive: new Map(),
		bulk: new Map(),
	};
	readonly #sizes: Record<Lane, number> = { interactive: 0, bulk: 0 };

	/** Nobody gives up before this time. */
	#patientUntil = Number.POSITIVE_INFINITY;

	get size(): number {
		return this.#sizes.interactive + this.#sizes.bulk;
	}

	waiting(lane: Lane): number {
		return this.#sizes[lane];
	}

	add(lane: Lane, source: string, waiting: Waiting): void {
		const queue = this.#lanes[lane].get(source);
		if (queue) queue.push(waiting);
		else this.#lanes[lane].set(source, [waiting]);
		this.#sizes[lane]++;
		this.#patientUntil = Math.min(this.#patientUntil, waiting.until);
	}

	/** Takes out who is next; the source goes to the end of its lane. */
	next(lane: Lane): Waiting | undefined {
		const sources = this.#lanes[lane];
		for (const [source, queue] of sources) {
			const waiting = queue.shift();
			sources.delete(source);
			if (queue.length > 0) sources.set(source, queue);
			if (waiting) {
				this.#sizes[lane]--;
				return waiting;
			}
		}
		return undefined;
	}

	/** Tells those who can wait no longer. */
	dismiss(now: number): void {
		if (now <= this.#patientUntil) return;
		this.#patientUntil = Number.POSITIVE_INFINITY;
		for (const lane of LANES) {
			for (const [source, queue] of this.#lanes[lane]) {
				const late = queue.filter(({ until }) => until < now);
				const rest = queue.filter(({ until }) => until >= now);
				this.#sizes[lane] -= late.length;
				if (rest.length > 0) this.#lanes[lane].set(source, rest);
				else this.#lanes[lane].delete(source);
				for (const { decide } of late) decide(false);
				for (const { until } of rest) this.#patientUntil = Math.min(this.#patientUntil, until);
			}
		}
	}
}
