import { isUtf8 } from "node:buffer";
import { parameterInvalid } from "../errors.ts";
import type { Marker, Value } from "../model/value.ts";
import { crc8, crc8Byte } from "./crc8.ts";
import { CellOperation, HEADER, HEADER_BYTES, Tag, Variant } from "./plainbuffer-format.ts";

/** A cell as it stands in a request: which of its parts must be there is for the operation to say. */
export interface WireCell {
	readonly name: string;
	readonly value: Value | Marker | undefined;
	readonly operation: number | undefined;
	readonly timestamp: bigint | undefined;
}

export interface WireRow {
	readonly key: readonly WireCell[];
	readonly cells: readonly WireCell[];
	readonly deleteMarker: boolean;
}

/** Most cells that a request could sensibly carry; keeps a hostile one from taking memory. */
const MAX_CELLS = 100_000;

/**
 * Reads one row with its header. Verifies every checksum.
 * @throws OtsError (OTSParameterInvalid) for bytes that are no row.
 */
export function readRow(buffer: Buffer): WireRow {
	if (buffer.length < HEADER_BYTES) throw broken("length is shorter than expect.");
	const header = buffer.readUInt32LE(0);
	if (header !== HEADER) {
		throw broken(`mismatch header, actual: ${header}, expect: ${HEADER}.`);
	}
	const reader = new RowReader(buffer, HEADER_BYTES);
	const row = reader.row();
	if (!reader.onlyPaddingLeft()) throw broken("has more data in cell, but they can't be parsed.");
	return row;
}

/** A value as a filter carries it: variant type and content, without a length before them. */
export function readVariant(buffer: Buffer): Value | Marker | undefined {
	return parseValue(buffer, 0, buffer.length, "");
}

class RowReader {
	readonly #buffer: Buffer;
	#position: number;
	#checksum = 0;

	constructor(buffer: Buffer, position: number) {
		this.#buffer = buffer;
		this.#position = position;
	}

	/** The npm SDK `tablestore` sends a zero byte behind the row for every INF_MIN and INF_MAX in it. */
	onlyPaddingLeft(): boolean {
		for (let index = this.#position; index < this.#buffer.length; index++) {
			if (this.#buffer[index] !== 0) return false;
		}
		return true;
	}

	row(): WireRow {
		let key: WireCell[] = [];
		let cells: WireCell[] = [];
		let deleteMarker = false;
		let tag = this.#byte();
		if (tag === Tag.rowKey) {
			key = this.#cells();
			if (key.length === 0) throw broken("no PK follow PKTag.");
			tag = this.#byte();
		}
		if (tag === Tag.rowData) {
			cells = this.#cells();
			tag = this.#byte();
		}
		if (tag === Tag.deleteRowMarker) {
			deleteMarker = true;
			tag = this.#byte();
		}
		if (tag !== Tag.rowChecksum) throw broken("row is not end with checksum tag.");
		this.#verify(crc8Byte(this.#checksum, deleteMarker ? 1 : 0));
		return { key, cells, deleteMarker };
	}

	#cells(): WireCell[] {
		const cells: WireCell[] = [];
		while (this.#buffer[this.#position] === Tag.cell) {
			this.#position++;
			cells.push(this.#cell());
			if (cells.length > MAX_CELLS) throw broken("too many cells.");
		}
		return cells;
	}

	#cell(): WireCell {
		let tag = this.#byte();
		if (tag !== Tag.cellName) throw broken("attr has no name.");
		const nameStart = this.#skipSized();
		const nameEnd = this.#position;
		if (!isUtf8(this.#buffer.subarray(nameStart, nameEnd))) throw broken("name is not UTF-8.");
		const name = this.#buffer.toString("utf8", nameStart, nameEnd);
		let checksum = crc8(0, this.#buffer, nameStart, nameEnd);
		let value: Value | Marker | undefined;
		let operation: number | undefined;
		let timestamp: bigint | undefined;
		for (tag = this.#byte(); tag !== Tag.cellChecksum; tag = this.#byte()) {
			if (tag === Tag.cellValue && value === undefined) {
				const start = this.#skipSized();
				value = parseValue(this.#buffer, start, this.#position, name);
				checksum = crc8(checksum, this.#buffer, start, this.#position);
			} else if (tag === Tag.cellOperation && operation === undefined) {
				operation = this.#byte();
			} else if (tag === Tag.cellTimestamp && timestamp === undefined) {
				const start = this.#position;
				this.#advance(8);
				timestamp = this.#buffer.readBigInt64LE(start);
			} else {
				throw broken("cell is not end with checksum[0x0A] tag.");
			}
		}
		// The timestamp counts before the operation, in whichever order the two were sent.
		if (timestamp !== undefined) checksum = crc8Of(checksum, timestamp);
		if (operation !== undefined) checksum = crc8Byte(checksum, operation);
		this.#verify(checksum);
		this.#checksum = crc8Byte(this.#checksum, checksum);
		return { name, value, operation, timestamp };
	}

	#verify(computed: number): void {
		const sent = this.#byte();
		if (sent !== computed) throw broken(`checksum is mismatch, ${sent}:${computed}`);
	}

	/** Passes over a length and as many bytes. @returns where these start. */
	#skipSized(): number {
		const start = this.#position;
		this.#advance(4);
		const length = this.#buffer.readUInt32LE(start);
		this.#advance(length);
		return start + 4;
	}

	#byte(): number {
		const byte = this.#buffer[this.#position++];
		if (byte === undefined) throw broken("length is shorter than expect.");
		return byte;
	}

	#advance(count: number): void {
		this.#position += count;
		if (this.#position > this.#buffer.length) throw broken("length is shorter than expect.");
	}
}

/** `undefined` stands for NULL, which is a type of its own on the wire and never a value of a cell. */
function parseValue(
	buffer: Buffer,
	start: number,
	end: number,
	name: string,
): Value | Marker | undefined {
	const content = start + 1;
	switch (buffer[start]) {
		case Variant.integer:
			expectLength(end - content, 8);
			return { kind: "integer", value: buffer.readBigInt64LE(content) };
		case Variant.double:
			expectLength(end - content, 8);
			return { kind: "double", value: realNumber(buffer.readDoubleLE(content)) };
		case Variant.boolean:
			if (end - content !== 1) {
				throw parameterInvalid(`Invalid boolean real value, value length: ${end - content}.`);
			}
			return { kind: "boolean", value: buffer[content] !== 0 };
		case Variant.string: {
			const bytes = sizedBytes(buffer, content, end);
			if (!isUtf8(bytes)) {
				throw parameterInvalid(`Value of column '${name}' must be UTF8 encoding.`);
			}
			return { kind: "string", bytes };
		}
		case Variant.binary:
			return { kind: "binary", bytes: sizedBytes(buffer, content, end) };
		case Variant.null:
			return undefined;
		case Variant.infMin:
			return { kind: "infMin" };
		case Variant.infMax:
			return { kind: "infMax" };
		case Variant.autoIncrement:
			return { kind: "autoIncrement" };
		default:
			throw parameterInvalid("data format is invalid, unknown variant type occured.");
	}
}

function sizedBytes(buffer: Buffer, start: number, end: number): Buffer {
	if (end - start < 4) throw broken("length is shorter than expect.");
	const size = buffer.readUInt32LE(start);
	if (start + 4 + size !== end) throw broken(`wrong string format, size: ${size}.`);
	return buffer.subarray(start + 4, end);
}

function realNumber(value: number): number {
	if (Number.isNaN(value)) throw parameterInvalid("NaN can't be set to double value.");
	if (!Number.isFinite(value)) throw parameterInvalid("Infinity can't be set to double value.");
	return value;
}

function expectLength(actual: number, expected: number): void {
	if (actual !== expected) throw broken("length is shorter than expect.");
}

const scratch = Buffer.alloc(8);

function crc8Of(checksum: number, integer: bigint): number {
	scratch.writeBigInt64LE(integer);
	return crc8(checksum, scratch, 0, 8);
}

function broken(reason: string) {
	return parameterInvalid(`Cell data broken, ${reason}`);
}

/** Whether a cell's operation is one that the protocol knows. */
export function isCellOperation(operation: number): boolean {
	return (
		operation === CellOperation.deleteAll ||
		operation === CellOperation.deleteOne ||
		operation === CellOperation.increment
	);
}
