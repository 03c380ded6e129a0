import type { Clock } from "../../clock/clock.ts";
import type { IndexChange, Store } from "./store.ts";

/** How soon a drain that failed (a full disk, say) is tried again. */
const RETRY_MS = 1000;

/** Writes whose changes are made in one transaction; more would keep a request waiting. */
const BATCH = 20;

/**
 * Brings global indexes up to date some time after the row was written. The
 * changes wait in the store, so those that a dead process left are made by the
 * next one.
 */
export class IndexQueue {
	readonly #store: Store;
	readonly #clock: Clock;
	readonly #delayMs: number;
	readonly #log: (line: string) => void;
	#added: IndexChange[] = [];
	#cancel: (() => void) | undefined;
	#closed = false;

	constructor(store: Store, clock: Clock, delayMs: number, log: (line: string) => void) {
		this.#store = store;
		this.#clock = clock;
		this.#delayMs = delayMs;
		this.#log = log;
		const [oldest] = store.queued(1);
		if (oldest) this.#arm(Math.max(0, oldest.dueMs - clock.now()));
	}

	/** Within the transaction that writes the row. */
	add(change: IndexChange): void {
		this.#added.push(change);
	}

	/**
	 * Does the work in a transaction in which the changes are written that it adds.
	 * @throws what `work` throws, and then nothing is written
	 */
	transaction<T>(work: () => T): T {
		this.#added = [];
		const result = this.#store.transaction(() => {
			const done = work();
			if (this.#added.length > 0) {
				this.#store.enqueue(this.#clock.now() + this.#delayMs, this.#added);
			}
			return done;
		});
		if (this.#added.length > 0) this.#arm(this.#delayMs);
		return result;
	}

	close(): void {
		this.#closed = true;
		this.#cancel?.();
	}

	#arm(delayMs: number): void {
		if (this.#cancel || this.#closed) return;
		this.#cancel = this.#clock.after(delayMs, () => {
			this.#cancel = undefined;
			try {
				this.#drain();
			} catch (error) {
				this.#log(`tablestore: an index could not be written: ${String(error)}`);
				this.#arm(RETRY_MS);
			}
		});
	}

	/** The delay is the same for all changes, so the oldest is always due first. */
	#drain(): void {
		const now = this.#clock.now();
		const waiting = this.#store.queued(BATCH);
		const due = waiting.filter((change) => change.dueMs <= now);
		this.#store.applyQueued(due);
		const next = waiting[due.length];
		if (next) this.#arm(next.dueMs - now);
		else if (waiting.length === BATCH) this.#arm(0);
	}
}
