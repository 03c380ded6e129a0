import type { Clock } from "../../../shared/clock.ts";
import type { Store } from "./store.ts";

/** Changes made in one transaction; more would keep a request waiting. */
const BATCH_CHANGES = 500;

/**
 * Brings global indexes up to date some time after the row was written. The
 * changes wait in the store, so those that a dead process left are made by the
 * next one.
 */
export class IndexQueue {
	readonly #store: Store;
	readonly #clock: Clock;
	readonly #delayMs: number;
	#cancel: (() => void) | undefined;
	#closed = false;

	constructor(store: Store, clock: Clock, delayMs: number) {
		this.#store = store;
		this.#clock = clock;
		this.#delayMs = delayMs;
		this.#arm(0);
	}

	/** When a change that is queued now is due, in milliseconds since the epoch. */
	get dueMs(): number {
		return this.#clock.now() + this.#delayMs;
	}

	/** To be called once changes have been committed. */
	changed(): void {
		this.#arm(this.#delayMs);
	}

	close(): void {
		this.#closed = true;
		this.#cancel?.();
	}

	#arm(delayMs: number): void {
		if (this.#cancel || this.#closed) return;
		this.#cancel = this.#clock.after(delayMs, () => {
			this.#cancel = undefined;
			this.#drain();
		});
	}

	/** The delay is the same for all changes, so the oldest is always due first. */
	#drain(): void {
		const now = this.#clock.now();
		const waiting = this.#store.queued(BATCH_CHANGES);
		const due = waiting.filter((change) => change.dueMs <= now);
		this.#store.applyQueued(due);
		const next = waiting[due.length];
		if (next) this.#arm(next.dueMs - now);
		else if (waiting.length === BATCH_CHANGES) this.#arm(0);
	}
}
