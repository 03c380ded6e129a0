import { type Clock, sleepBy } from "./clock.ts";
import { DueHeap } from "./due-heap.ts";

interface Timer {
	readonly at: number;
	readonly callback: () => void;
	canceled: boolean;
}

/** Canceled timers stay in the heap until there are so many, and more of them than of the others. */
const MAX_CANCELED_TIMERS = 1_000;

/**
 * A clock that moves only when told to. Timers fire in the order of their due
 * time, those of the same millisecond in the order in which they were set.
 */
export class VirtualClock implements Clock {
	#now: number;
	#timers = new DueHeap<Timer>();
	#canceled = 0;
	#settle: () => Promise<void>;

	/**
	 * @param start milliseconds since the epoch.
	 * @param settle resolves once the work that the last timers set off has come
	 *   to rest; the default lets promises and already arrived I/O run.
	 */
	constructor(start = Date.UTC(2026, 0, 1), settle: () => Promise<void> = yieldToEventLoop) {
		this.#now = start;
		this.#settle = settle;
	}

	now(): number {
		return this.#now;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return sleepBy(this, ms, signal);
	}

	after(ms: number, callback: () => void): () => void {
		const timer: Timer = { at: this.#now + Math.max(0, ms), callback, canceled: false };
		this.#timers.push(timer.at, timer);
		return () => {
			if (timer.canceled) return;
			timer.canceled = true;
			this.#canceled++;
			this.#forgetCanceled();
		};
	}

	/** From now on this tells when things have come to rest. */
	settleWith(settle: () => Promise<void>): void {
		this.#settle = settle;
	}

	/** Number of timers that have not fired yet. */
	get pending(): number {
		return this.#timers.size - this.#canceled;
	}

	/** The due time of the next timer, in milliseconds since the epoch. */
	get nextAt(): number | undefined {
		return this.#next()?.at;
	}

	/** Moves on by `ms` milliseconds, firing on the way what is due. */
	async advance(ms: number): Promise<void> {
		const until = this.#now + ms;
		await this.#settle();
		for (let timer = this.#next(); timer && timer.at <= until; timer = this.#next()) {
			this.#timers.takeDue(timer.at);
			// Too late to be canceled; it must not be counted as such.
			timer.canceled = true;
			this.#now = Math.max(this.#now, timer.at);
			timer.callback();
			await this.#settle();
		}
		this.#now = until;
	}

	/** Advances from timer to timer until `promise` settles, and gives its result. */
	async run<T>(promise: Promise<T>, limitMs = 86_400_000): Promise<T> {
		let settled = false;
		const mark = () => {
			settled = true;
		};
		promise.then(mark, mark);
		const until = this.#now + limitMs;
		await this.#settle();
		while (!settled) {
			const next = this.nextAt;
			if (next === undefined || next > until) {
				throw new Error(
					`virtual time stands at ${new Date(this.#now).toISOString()}: the promise waits for something other than the clock, or longer than ${limitMs} ms`,
				);
			}
			await this.advance(next - this.#now);
		}
		return promise;
	}

	#next(): Timer | undefined {
		for (let timer = this.#timers.first; timer?.canceled; timer = this.#timers.first) {
			this.#timers.takeDue(timer.at);
			this.#canceled--;
		}
		return this.#timers.first;
	}

	#forgetCanceled(): void {
		if (this.#canceled < MAX_CANCELED_TIMERS || this.#canceled * 2 < this.#timers.size) return;
		const kept = new DueHeap<Timer>();
		const all = Number.POSITIVE_INFINITY;
		for (let timer = this.#timers.takeDue(all); timer; timer = this.#timers.takeDue(all)) {
			// In their order, which those of the same time keep.
			if (!timer.canceled) kept.push(timer.at, timer);
		}
		this.#timers = kept;
		this.#canceled = 0;
	}
}

/** Several turns, because one awaited call may take some of them. */
async function yieldToEventLoop(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		await new Promise<void>((resolve) => setImmediate(resolve));
	}
}
