import type { Table } from "../../../shared/table/table.ts";

/** Rows that were read and written, as Tablestore charges them: a range counts its rows, at least one. */
export interface RowCounts {
	reads: number;
	writes: number;
}

export function counting(inner: Table, counts: RowCounts): Table {
	return {
		get: (...args) => {
			counts.reads++;
			return inner.get(...args);
		},
		put: (...args) => {
			counts.writes++;
			return inner.put(...args);
		},
		remove: (...args) => {
			counts.writes++;
			return inner.remove(...args);
		},
		range: async (...args) => {
			const rows = await inner.range(...args);
			counts.reads += Math.max(1, rows.length);
			return rows;
		},
	};
}
