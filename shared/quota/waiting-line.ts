import { LANES, type Lane } from "../command/command.ts";

export interface Waiting {
	/** Gives up at this time, in milliseconds since the epoch. */
	readonly until: number;
	readonly decide: (granted: boolean) => void;
}

/** First in, first out, without moving the others. */
class Queue {
	#items: Waiting[] = [];
	#first = 0;

	get size(): number {
		return this.#items.length - this.#first;
	}

	push(waiting: Waiting): void {
		this.#items.push(waiting);
	}

	shift(): Waiting | undefined {
		const item = this.#items[this.#first++];
		if (this.#first * 2 > this.#items.length) {
			this.#items = this.#items.slice(this.#first);
			this.#first = 0;
		}
		return item;
	}

	/** Takes out those who can wait no longer. */
	dismiss(now: number): Waiting[] {
		const all = this.#items.slice(this.#first);
		this.#items = all.filter(({ until }) => until >= now);
		this.#first = 0;
		return all.filter(({ until }) => until < now);
	}

	get patientUntil(): number {
		let least = Number.POSITIVE_INFINITY;
		for (const { until } of this.#items) least = Math.min(least, until);
		return least;
	}
}

/** All are looked through for this no more often. */
const DISMISS_EVERY_MS = 100;

/** Those who wait for a call: `interactive` before `bulk`, and within a lane each source in turn. */
export class WaitingLine {
	/** Sources in the order of their turns. */
	readonly #lanes: Readonly<Record<Lane, Map<string, Queue>>> = {
		interactive: new Map(),
		bulk: new Map(),
	};
	readonly #sizes: Record<Lane, number> = { interactive: 0, bulk: 0 };
	/** Nobody gives up before this time. */
	#patientUntil = Number.POSITIVE_INFINITY;
	#dismissedAt = Number.NEGATIVE_INFINITY;

	get size(): number {
		return this.#sizes.interactive + this.#sizes.bulk;
	}

	waiting(lane: Lane): number {
		return this.#sizes[lane];
	}

	/** When somebody is to be told that it took too long. */
	get dismissAt(): number {
		return Math.max(this.#patientUntil + 1, this.#dismissedAt + DISMISS_EVERY_MS);
	}

	add(lane: Lane, source: string, waiting: Waiting): void {
		let queue = this.#lanes[lane].get(source);
		if (!queue) {
			queue = new Queue();
			this.#lanes[lane].set(source, queue);
		}
		queue.push(waiting);
		this.#sizes[lane]++;
		this.#patientUntil = Math.min(this.#patientUntil, waiting.until);
	}

	/** Takes out who is next; the source goes to the end of its lane. */
	next(lane: Lane): Waiting | undefined {
		const sources = this.#lanes[lane];
		for (const [source, queue] of sources) {
			sources.delete(source);
			const waiting = queue.shift();
			if (queue.size > 0) sources.set(source, queue);
			if (!waiting) continue;
			this.#sizes[lane]--;
			return waiting;
		}
		return undefined;
	}

	/** Tells those who can wait no longer. */
	dismiss(now: number): void {
		if (now < this.dismissAt) return;
		this.#dismissedAt = now;
		this.#patientUntil = Number.POSITIVE_INFINITY;
		for (const lane of LANES) {
			for (const [source, queue] of this.#lanes[lane]) {
				const late = queue.dismiss(now);
				if (queue.size === 0) this.#lanes[lane].delete(source);
				this.#sizes[lane] -= late.length;
				this.#patientUntil = Math.min(this.#patientUntil, queue.patientUntil);
				for (const { decide } of late) decide(false);
			}
		}
	}
}
