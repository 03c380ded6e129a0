import type { Entry, Store } from "./store.ts";

export interface KeyRange {
	readonly backward: boolean;
	/** Encoded key, inclusive. */
	readonly start: Buffer;
	/** Encoded key, exclusive. */
	readonly end: Buffer;
}

/** Rows may have megabytes each: the first look is a short one, and the next take about this much. */
const CHUNK_BYTES = 1024 * 1024;
const FIRST_CHUNK_ROWS = 32;
const MAX_CHUNK_ROWS = 512;

/**
 * The rows of a range in its direction, taken from the store in chunks. No
 * statement stays open in between, so rows may be written meanwhile.
 * @param wanted about how many rows the caller is going to take.
 */
export function* scanRange(
	store: Store,
	tableId: number,
	{ backward, start, end }: KeyRange,
	wanted: number,
): Generator<Entry> {
	let from = start;
	let overlap = 0;
	let chunkRows = Math.min(wanted, FIRST_CHUNK_ROWS);
	for (;;) {
		const chunk = store.scan(tableId, backward, from, end, chunkRows + overlap);
		yield* overlap === 0 ? chunk : chunk.slice(overlap);
		const last = chunk.at(-1);
		if (!last || chunk.length < chunkRows + overlap) return;
		// The next chunk starts with the last row of this one, which is then passed over.
		from = last.key;
		overlap = 1;
		const bytes = chunk.reduce((sum, entry) => sum + entry.packedBytes, 0);
		const fitting = Math.floor((CHUNK_BYTES * chunk.length) / Math.max(1, bytes));
		chunkRows = Math.min(MAX_CHUNK_ROWS, Math.max(1, fitting));
	}
}
