import type { Column, KeyColumn, Row } from "../model/row.ts";
import { isKeyValue, isMarker } from "../model/value.ts";
import { readRow, type WireCell } from "../wire/plainbuffer-reader.ts";
import { writeRow } from "../wire/plainbuffer-writer.ts";

/**
 * Rows are stored as PlainBuffer, with a timestamp on every cell: the checksums
 * of the format guard the file too.
 */
export const packRow = writeRow;

export function unpackRow(bytes: Buffer): Row {
	const { key, cells } = readRow(bytes);
	return { key: key.map(keyColumn), columns: cells.map(column) };
}

function keyColumn({ name, value }: WireCell): KeyColumn {
	if (!value || !isKeyValue(value)) throw new Error(`the stored key column ${name} has no value`);
	return { name, value };
}

function column({ name, value, timestamp }: WireCell): Column {
	if (!value || isMarker(value) || timestamp === undefined) {
		throw new Error(`the stored column ${name} has no value`);
	}
	return { name, value, timestamp: Number(timestamp) };
}
