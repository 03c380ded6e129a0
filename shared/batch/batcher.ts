import type { Clock } from "../clock.ts";
import { RowLines } from "./row-lines.ts";

/** Something that travels in a batch. */
export interface Item {
	readonly bytes: number;
	/** Items of one row go one after the other; without a row they go as they come. */
	readonly row?: string;
	/** Set when it leaves. */
	sent: boolean;
	/** Set by its owner, before it is sent: it does not leave any more. */
	withdrawn: boolean;
}

export interface BatcherOptions<I extends Item, Result> {
	readonly clock: Clock;
	readonly maxItems: number;
	readonly maxBytes: number;
	readonly maxInFlight: number;
	/** One result for each item, in order; an item that failed has an error. A rejection fails them all. */
	readonly send: (items: readonly I[]) => Promise<ReadonlyArray<Result | Error>>;
}

interface Pending<I, Result> {
	readonly item: I;
	readonly since: number;
	readonly resolve: (result: Result) => void;
	readonly reject: (reason: unknown) => void;
}

/** While others are on their way, one gathers for this share of the recent round trip, within these bounds. */
const GATHER_SHARE = 1 / 2;
const MIN_GATHER_MS = 1;
const MAX_GATHER_MS = 25;
/** How much the newest round trip counts in the average of the recent ones. */
const NEWEST_WEIGHT = 1 / 4;

/**
 * Gathers what is asked for into as few requests as possible. A request leaves
 * when it is full; or at the end of the turn of the event loop, if none is on
 * its way; or else when the last one comes back, or after a short wait, which
 * is measured by how long requests take.
 */
export class Batcher<I extends Item, Result> {
	readonly #options: BatcherOptions<I, Result>;
	readonly #lines = new RowLines<Pending<I, Result>>();
	#queue: Pending<I, Result>[] = [];
	#queuedBytes = 0;
	#inFlight = 0;
	#roundTripMs: number | undefined;
	#considering = false;
	#cancelWait: (() => void) | undefined;

	constructor(options: BatcherOptions<I, Result>) {
		this.#options = options;
	}

	submit(item: I): Promise<Result> {
		item.sent = false;
		return new Promise((resolve, reject) => {
			const pending = { item, since: this.#options.clock.now(), resolve, reject };
			if (item.row === undefined || this.#lines.enter(item.row, pending)) this.#enqueue(pending);
		});
	}

	#enqueue(pending: Pending<I, Result>): void {
		this.#queue.push(pending);
		this.#queuedBytes += pending.item.bytes;
		this.#considerSoon();
	}

	/** At the end of this turn, when all that it brings has been asked for. */
	#considerSoon(): void {
		if (this.#considering) return;
		this.#considering = true;
		setImmediate(() => {
			this.#considering = false;
			this.#consider();
		});
	}

	#consider(): void {
		this.#cancelWait?.();
		this.#cancelWait = undefined;
		const { clock, maxInFlight } = this.#options;
		while (this.#queue.length > 0 && this.#inFlight < maxInFlight) {
			const waitMs = this.#isFull || this.#inFlight === 0 ? 0 : this.#waitLeftMs();
			if (waitMs > 0) {
				this.#cancelWait = clock.after(waitMs, () => this.#consider());
				return;
			}
			const batch = this.#take();
			if (batch.length > 0) void this.#send(batch);
		}
	}

	#settle(pending: Pending<I, Result>, result: Result | Error): void {
		const { item, resolve, reject } = pending;
		const next = item.row === undefined ? undefined : this.#lines.leave(item.row);
		if (next) this.#enqueue(next);
		if (result instanceof Error) reject(result);
		else resolve(result);
	}

	#measure(ms: number): void {
		const recent = this.#roundTripMs ?? ms;
		this.#roundTripMs = recent + (ms - recent) * NEWEST_WEIGHT;
	}

	get #isFull(): boolean {
		const { maxItems, maxBytes } = this.#options;
		return this.#queue.length >= maxItems || this.#queuedBytes >= maxBytes;
	}

	#waitLeftMs(): number {
		const oldest = this.#queue[0]?.since ?? 0;
		// Until the first answer nobody knows; it ends the wait as well.
		const share = (this.#roundTripMs ?? Number.POSITIVE_INFINITY) * GATHER_SHARE;
		const wait = Math.max(MIN_GATHER_MS, Math.min(MAX_GATHER_MS, share));
		return oldest + wait - this.#options.clock.now();
	}

	#take(): Pending<I, Result>[] {
		const { maxItems, maxBytes } = this.#options;
		const taken: Pending<I, Result>[] = [];
		let bytes = 0;
		let looked = 0;
		for (const pending of this.#queue) {
			const { item } = pending;
			const fits =
				taken.length < maxItems && (taken.length === 0 || bytes + item.bytes <= maxBytes);
			if (!fits) break;
			looked++;
			this.#queuedBytes -= item.bytes;
			if (item.withdrawn) {
				this.#settle(pending, new Error("withdrawn"));
				continue;
			}
			item.sent = true;
			taken.push(pending);
			bytes += item.bytes;
		}
		this.#queue = this.#queue.slice(looked);
		return taken;
	}

	async #send(batch: readonly Pending<I, Result>[]): Promise<void> {
		const { clock, send } = this.#options;
		const startedAt = clock.now();
		this.#inFlight++;
		try {
			const results = await send(batch.map(({ item }) => item));
			this.#measure(clock.now() - startedAt);
			for (let n = 0; n < batch.length; n++) {
				const pending = batch[n];
				if (pending) this.#settle(pending, results[n] as Result | Error);
			}
		} catch (error) {
			for (const pending of batch) this.#settle(pending, error as Error);
		} finally {
			this.#inFlight--;
			// What the answers bring about comes in this turn, and travels together.
			this.#considerSoon();
		}
	}
}
