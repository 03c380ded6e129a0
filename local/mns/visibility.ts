import type { Clock } from "../clock/clock.ts";

interface Watch {
	readonly listeners: Set<() => void>;
	/** When the clock will ring for this queue. */
	ringsAt: number | undefined;
	cancel: (() => void) | undefined;
	/** A ring is already on its way in this turn of the event loop. */
	ringing: boolean;
}

/**
 * Tells whoever waits on a queue that a message may have become visible: at
 * once after a send, by the clock when a delay or a visibility timeout ends. A
 * queue that no one waits on costs no timer.
 */
export class VisibilityBell {
	readonly #clock: Clock;
	readonly #nextAt: (queue: string) => number | undefined;
	readonly #watches = new Map<string, Watch>();

	/** @param nextAt when the next hidden message of a queue becomes visible, in milliseconds since the epoch. */
	constructor(clock: Clock, nextAt: (queue: string) => number | undefined) {
		this.#clock = clock;
		this.#nextAt = nextAt;
	}

	subscribe(queue: string, listener: () => void): () => void {
		let watch = this.#watches.get(queue);
		if (!watch) {
			watch = { listeners: new Set(), ringsAt: undefined, cancel: undefined, ringing: false };
			this.#watches.set(queue, watch);
		}
		// Each subscription is its own entry, even when two share one function.
		const entry = () => listener();
		const joined = watch;
		joined.listeners.add(entry);
		this.rearm(queue);
		return () => {
			joined.listeners.delete(entry);
			if (joined.listeners.size > 0 || this.#watches.get(queue) !== joined) return;
			joined.cancel?.();
			this.#watches.delete(queue);
		};
	}

	/** Coalesced: many sends in one turn of the event loop ring once. */
	ring(queue: string): void {
		const watch = this.#watches.get(queue);
		if (!watch || watch.ringing) return;
		watch.ringing = true;
		setImmediate(() => {
			watch.ringing = false;
			for (const listener of [...watch.listeners]) {
				if (watch.listeners.has(listener)) listener();
			}
		});
	}

	/** After anything that hid a message or made one visible: sets the clock for the next one. */
	rearm(queue: string): void {
		const watch = this.#watches.get(queue);
		if (!watch) return;
		const next = this.#nextAt(queue);
		if (next === watch.ringsAt) return;
		watch.cancel?.();
		watch.ringsAt = next;
		watch.cancel = undefined;
		if (next === undefined) return;
		watch.cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => {
			watch.ringsAt = undefined;
			watch.cancel = undefined;
			// Whoever is told looks for messages, which settles the queue and sets the clock anew.
			this.ring(queue);
		});
	}

	close(): void {
		for (const watch of this.#watches.values()) {
			watch.cancel?.();
			watch.listeners.clear();
		}
		this.#watches.clear();
	}
}
