import type { Column, KeyColumn, Row } from "../model/row.ts";
import type { Value } from "../model/value.ts";
import { crc8, crc8Byte } from "./crc8.ts";
import { HEADER, HEADER_BYTES, Tag, Variant } from "./plainbuffer-format.ts";

const EMPTY = Buffer.alloc(0);

/** Tags, lengths and checksums around a cell's name and value, at most. */
const CELL_OVERHEAD_BYTES = 32;
const ROW_OVERHEAD_BYTES = 4;

/** One row with its header, as GetRow answers it. */
export function writeRow(row: Row): Buffer {
	return writeRows([row]);
}

/** One header and then the rows, as GetRange answers them; nothing at all for no rows. */
export function writeRows(rows: readonly Row[]): Buffer {
	if (rows.length === 0) return EMPTY;
	let size = HEADER_BYTES;
	for (const row of rows) size += maxSize(row);
	const writer = new RowWriter(size);
	writer.header();
	for (const row of rows) writer.row(row);
	return writer.finish();
}

/** A primary key alone, in the form of a row. */
export function writeKey(key: readonly KeyColumn[]): Buffer {
	return writeRow({ key, columns: [] });
}

function maxSize(row: Row): number {
	let size = ROW_OVERHEAD_BYTES;
	for (const cell of row.key) size += maxCellSize(cell.name, cell.value);
	for (const cell of row.columns) size += maxCellSize(cell.name, cell.value);
	return size;
}

function maxCellSize(name: string, value: Value): number {
	const content = "bytes" in value ? value.bytes.length : 8;
	return CELL_OVERHEAD_BYTES + name.length * 3 + content;
}

class RowWriter {
	readonly #buffer: Buffer;
	#position = 0;

	constructor(size: number) {
		this.#buffer = Buffer.allocUnsafe(size);
	}

	finish(): Buffer {
		return this.#buffer.subarray(0, this.#position);
	}

	header(): void {
		this.#position = this.#buffer.writeUInt32LE(HEADER, this.#position);
	}

	row(row: Row): void {
		let checksum = 0;
		this.#byte(Tag.rowKey);
		for (const cell of row.key) {
			checksum = crc8Byte(checksum, this.#cell(cell.name, cell.value, undefined));
		}
		if (row.columns.length > 0) this.#byte(Tag.rowData);
		for (const column of row.columns) checksum = crc8Byte(checksum, this.#column(column));
		this.#byte(Tag.rowChecksum);
		this.#byte(crc8Byte(checksum, 0));
	}

	#column(column: Column): number {
		return this.#cell(column.name, column.value, column.timestamp);
	}

	/** @returns the cell's checksum. */
	#cell(name: string, value: Value, timestamp: number | undefined): number {
		this.#byte(Tag.cell);
		this.#byte(Tag.cellName);
		const nameStart = this.#position + 4;
		const nameBytes = this.#buffer.write(name, nameStart, "utf8");
		this.#buffer.writeUInt32LE(nameBytes, this.#position);
		this.#position = nameStart + nameBytes;
		let checksum = crc8(0, this.#buffer, nameStart, this.#position);
		this.#byte(Tag.cellValue);
		const valueStart = this.#position + 4;
		const valueEnd = this.#value(value, valueStart);
		this.#buffer.writeUInt32LE(valueEnd - valueStart, this.#position);
		this.#position = valueEnd;
		checksum = crc8(checksum, this.#buffer, valueStart, valueEnd);
		if (timestamp !== undefined) {
			this.#byte(Tag.cellTimestamp);
			const start = this.#position;
			this.#position = this.#buffer.writeBigInt64LE(BigInt(timestamp), start);
			checksum = crc8(checksum, this.#buffer, start, this.#position);
		}
		this.#byte(Tag.cellChecksum);
		this.#byte(checksum);
		return checksum;
	}

	/** @returns where the value ends. */
	#value(value: Value, start: number): number {
		const content = this.#buffer.writeUInt8(Variant[value.kind], start);
		switch (value.kind) {
			case "integer":
				return this.#buffer.writeBigInt64LE(value.value, content);
			case "double":
				return this.#buffer.writeDoubleLE(value.value, content);
			case "boolean":
				return this.#buffer.writeUInt8(value.value ? 1 : 0, content);
			case "string":
			case "binary": {
				const bytesStart = this.#buffer.writeUInt32LE(value.bytes.length, content);
				this.#buffer.set(value.bytes, bytesStart);
				return bytesStart + value.bytes.length;
			}
		}
	}

	#byte(byte: number): void {
		this.#buffer[this.#position++] = byte;
	}
}
