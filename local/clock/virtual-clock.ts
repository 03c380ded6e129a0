import { type Clock, sleepWith } from "../../shared/clock.ts";

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly callback: () => void;
}

/**
 * A clock that moves only when told to. Timers fire in the order of their due
 * time, those of the same millisecond in the order in which they were set.
 */
export class VirtualClock implements Clock {
	#now: number;
	#order = 0;
	readonly #timers = new Set<Timer>();
	readonly #settle: () => Promise<void>;

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
		return sleepWith(this, ms, signal);
	}

	after(ms: number, callback: () => void): () => void {
		const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	/** Number of timers that have not fired yet. */
	get pending(): number {
		return this.#timers.size;
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
			this.#timers.delete(timer);
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
		let first: Timer | undefined;
		for (const timer of this.#timers) {
			if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) {
				first = timer;
			}
		}
		return first;
	}
}

/** Several turns, because one awaited call may take some of them. */
async function yieldToEventLoop(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		await new Promise<void>((resolve) => setImmediate(resolve));
	}
}
