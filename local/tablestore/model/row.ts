import { type KeyValue, type Value, valueSize } from "./value.ts";

/** One version of one column. */
export interface Column {
	readonly name: string;
	/** Milliseconds since the epoch; the version's number. */
	readonly timestamp: number;
	readonly value: Value;
}

export interface KeyColumn {
	readonly name: string;
	readonly value: KeyValue;
}

/**
 * A stored row. Columns are sorted by name and, within a name, from the newest
 * version to the oldest; no version of a column occurs twice.
 */
export interface Row {
	readonly key: readonly KeyColumn[];
	readonly columns: readonly Column[];
}

/** A row together with what time-to-live counts from: its last write, or its newest cell if that is later. */
export interface StoredRow extends Row {
	readonly stampMs: number;
}

function compareNames(left: string, right: string): number {
	// Column names are ASCII (limits-on-widecolumn-model), so code units sort like bytes.
	return left < right ? -1 : left > right ? 1 : 0;
}

function compareColumns(left: Column, right: Column): number {
	return compareNames(left.name, right.name) || right.timestamp - left.timestamp;
}

/** The newest version of a column. */
export function latest(columns: readonly Column[], name: string): Column | undefined {
	return columns.find((column) => column.name === name);
}

/** Sorts, and keeps the first given of equal versions and the `maxVersions` newest of each column. */
export function normalize(columns: readonly Column[], maxVersions: number): Column[] {
	const sorted = [...columns].sort(compareColumns);
	return keepNewest(
		sorted.filter((column, index) => {
			const before = sorted[index - 1];
			return before?.name !== column.name || before.timestamp !== column.timestamp;
		}),
		maxVersions,
	);
}

/** The `maxVersions` newest versions of each column of a sorted list. */
export function keepNewest(sorted: readonly Column[], maxVersions: number): Column[] {
	let name: string | undefined;
	let seen = 0;
	return sorted.filter((column) => {
		seen = column.name === name ? seen + 1 : 1;
		name = column.name;
		return seen <= maxVersions;
	});
}

/** Bytes of names and values, of a key or of attributes. */
export function cellsSize(columns: readonly { name: string; value: Value }[]): number {
	let size = 0;
	for (const column of columns) size += Buffer.byteLength(column.name) + valueSize(column.value);
	return size;
}

export function rowSize(row: Row): number {
	return cellsSize(row.key) + cellsSize(row.columns);
}
