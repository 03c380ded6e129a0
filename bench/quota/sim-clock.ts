import { type Clock, sleepWith } from "../../shared/clock.ts";

/** Timers fire on this grid, in milliseconds: what happens at the same instant shares one turn of the event loop. */
const GRID_MS = 0.25;

interface Timer {
	/** Absent once it was canceled. */
	callback: (() => void) | undefined;
}

/**
 * Virtual time for millions of timers: a binary heap of instants, the timers of
 * each in the order in which they were set, and one turn of the event loop for
 * each instant, in which every promise that has been settled runs on. There is
 * no input or output in the simulation, so one turn is enough.
 */
export class SimClock implements Clock {
	#now: number;
	/** Instants that have timers, counted in steps of the grid. */
	readonly #heap: number[] = [];
	readonly #timers = new Map<number, Timer[]>();

	constructor(start: number) {
		this.#now = start;
	}

	now(): number {
		return this.#now;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal) return sleepWith(this, ms, signal);
		return new Promise((resolve) => {
			this.after(ms, resolve);
		});
	}

	after(ms: number, callback: () => void): () => void {
		const instant = Math.ceil((this.#now + Math.max(0, ms)) / GRID_MS);
		const timer: Timer = { callback };
		const timers = this.#timers.get(instant);
		if (timers) timers.push(timer);
		else {
			this.#timers.set(instant, [timer]);
			this.#push(instant);
		}
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
			const instant = this.#pop();
			if (instant === undefined) throw new Error("the simulation stands still");
			const timers = this.#timers.get(instant) ?? [];
			this.#timers.delete(instant);
			this.#now = Math.max(this.#now, instant * GRID_MS);
			for (const { callback } of timers) callback?.();
			await turn();
		}
		return promise;
	}

	#push(instant: number): void {
		const heap = this.#heap;
		let child = heap.length;
		heap.push(instant);
		while (child > 0) {
			const parent = (child - 1) >> 1;
			const above = heap[parent] ?? 0;
			if (above <= instant) break;
			heap[child] = above;
			child = parent;
		}
		heap[child] = instant;
	}

	#pop(): number | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (last === undefined || heap.length === 0) return first;
		let parent = 0;
		for (;;) {
			let child = 2 * parent + 1;
			if ((heap[child + 1] ?? Number.POSITIVE_INFINITY) < (heap[child] ?? 0)) child++;
			const smaller = heap[child];
			if (smaller === undefined || smaller >= last) break;
			heap[parent] = smaller;
			parent = child;
		}
		heap[parent] = last;
		return first;
	}
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
