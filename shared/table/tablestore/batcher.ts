/**
 * Gathers operations that are asked for at the same time into as few requests
 * as possible: whatever arrives in one turn of the event loop, or while all
 * requests are out, goes together. A lone operation leaves at once.
 */
export interface BatcherOptions<Item, Result> {
	readonly maxItems: number;
	readonly maxBytes: number;
	readonly maxInFlight: number;
	readonly sizeBytes: (item: Item) => number;
	/** Items with the same identity never share a request: a batch may name each row once. */
	readonly identity: (item: Item) => string;
	/** One settled result for each item, in order. A rejection fails them all. */
	readonly send: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>;
}

interface Pending<Item, Result> {
	readonly item: Item;
	readonly resolve: (result: Result) => void;
	readonly reject: (reason: unknown) => void;
}

export class Batcher<Item, Result> {
	readonly #options: BatcherOptions<Item, Result>;
	#queue: Pending<Item, Result>[] = [];
	#inFlight = 0;
	#scheduled = false;

	constructor(options: BatcherOptions<Item, Result>) {
		this.#options = options;
	}

	submit(item: Item): Promise<Result> {
		return new Promise((resolve, reject) => {
			this.#queue.push({ item, resolve, reject });
			if (this.#scheduled) return;
			this.#scheduled = true;
			setImmediate(() => {
				this.#scheduled = false;
				this.#flush();
			});
		});
	}

	#flush(): void {
		while (this.#queue.length > 0 && this.#inFlight < this.#options.maxInFlight) {
			void this.#send(this.#take());
		}
	}

	#take(): Pending<Item, Result>[] {
		const { maxItems, maxBytes, sizeBytes, identity } = this.#options;
		const taken: Pending<Item, Result>[] = [];
		const left: Pending<Item, Result>[] = [];
		const identities = new Set<string>();
		let bytes = 0;
		for (const pending of this.#queue) {
			const size = sizeBytes(pending.item);
			const id = identity(pending.item);
			const fits = taken.length < maxItems && (taken.length === 0 || bytes + size <= maxBytes);
			if (fits && !identities.has(id)) {
				taken.push(pending);
				bytes += size;
			} else left.push(pending);
			// Also what is left behind: a later operation on the same row must not overtake it.
			identities.add(id);
		}
		this.#queue = left;
		return taken;
	}

	async #send(batch: readonly Pending<Item, Result>[]): Promise<void> {
		this.#inFlight++;
		try {
			const results = await this.#options.send(batch.map(({ item }) => item));
			batch.forEach((pending, index) => {
				const result = results[index];
				if (result?.status === "fulfilled") pending.resolve(result.value);
				else pending.reject(result?.reason ?? new Error("the batch gave no result for this item"));
			});
		} catch (error) {
			for (const pending of batch) pending.reject(error);
		} finally {
			this.#inFlight--;
			this.#flush();
		}
	}
}
