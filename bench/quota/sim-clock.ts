import { type Clock, sleepWith } from "../../shared/clock.ts";

/** Timers fire on this grid, in milliseconds: what happens at the same instant shares one turn of the event loop. */
const GRID_MS = 0.25;

interface Timer {
	readonly at: number;
	readonly order: number;
	/** Absent once it was canceled. */
	callback: (() => void) | undefined;
}

/**
 * Virtual time for millions of timers: a binary heap, and one turn of the event
 * loop for each instant, in which every promise that has been settled runs on.
 * There is no input or output in the simulation, so one turn is enough.
 */
export class SimClock implements Clock {
	#now: number;
	#order = 0;
	readonly #heap: Timer[] = [];

	constructor(start: number) {
		this.#now = start;
	}

	now(): number {
		return this.#now;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return sleepWith(this, ms, signal);
	}

	after(ms: number, callback: () => void): () => void {
		const timer: Timer = {
			at: Math.ceil((this.#now + Math.max(0, ms)) / GRID_MS) * GRID_MS,
			order: this.#order++,
			callback,
		};
		this.#push(timer);
		return () => {
			timer.callback = undefined;
		};
	}

	/** Advances from timer to timer until `promise` settles. */
	async run<T>(promise: Promise<T>): Promise<T> {
		let settled = false;
		const mark = () => {
			settled = true;
		};
		promise.then(mark, mark);
		await turn();
		while (!settled) {
			const timer = this.#pop();
			if (!timer) throw new Error("the simulation stands still");
			if (!timer.callback) continue;
			this.#now = timer.at;
			timer.callback();
			while (this.#heap[0] && this.#heap[0].at <= this.#now) this.#pop()?.callback?.();
			await turn();
		}
		return promise;
	}

	#push(timer: Timer): void {
		const heap = this.#heap;
		let child = heap.length;
		heap.push(timer);
		while (child > 0) {
			const parent = (child - 1) >> 1;
			const above = heap[parent];
			if (!above || !before(timer, above)) break;
			heap[child] = above;
			child = parent;
		}
		heap[child] = timer;
	}

	#pop(): Timer | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (!first || !last || heap.length === 0) return first;
		let parent = 0;
		for (;;) {
			let child = 2 * parent + 1;
			const [left, right] = [heap[child], heap[child + 1]];
			if (left && right && before(right, left)) child++;
			const smaller = heap[child];
			if (!smaller || !before(smaller, last)) break;
			heap[parent] = smaller;
			parent = child;
		}
		heap[parent] = last;
		return first;
	}
}

const before = (left: Timer, right: Timer): boolean =>
	left.at < right.at || (left.at === right.at && left.order < right.order);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
