import { parameterInvalid } from "../errors.ts";
import {
	MAX_ATTRIBUTE_COLUMNS_PER_REQUEST,
	MAX_ATTRIBUTE_VALUE_BYTES,
	MAX_TIMESTAMP_MS,
	MAX_WRITE_BYTES,
} from "../limits.ts";
import { CellOperation } from "../wire/plainbuffer-format.ts";
import { isCellOperation, type WireCell, type WireRow } from "../wire/plainbuffer-reader.ts";
import { RowOperation } from "../wire/row-messages.ts";
import { type GivenKeyColumn, givenKey } from "./key-check.ts";
import { isName } from "./name.ts";
import { isMarker, type Value, valueSize } from "./value.ts";

/** What an update does to one column. `timestamp` is undefined for "now". */
export type CellChange =
	| {
			readonly kind: "put";
			readonly name: string;
			readonly value: Value;
			readonly timestamp: number | undefined;
	  }
	| { readonly kind: "deleteOne"; readonly name: string; readonly timestamp: number }
	| { readonly kind: "deleteAll"; readonly name: string }
	| {
			readonly kind: "increment";
			readonly name: string;
			readonly by: bigint;
			readonly timestamp: number | undefined;
	  };

export type ChangeKind = "put" | "update" | "delete";

/** A write of one row, checked as far as that goes without its table. */
export interface RowChange {
	readonly kind: ChangeKind;
	readonly key: readonly GivenKeyColumn[];
	readonly cells: readonly CellChange[];
	/** Bytes of names and values, for limits and capacity units. */
	readonly size: number;
}

const OPERATION_NAMES = { put: "PutRow", update: "UpdateRow", delete: "DeleteRow" } as const;

export function changeKind(operation: number): ChangeKind {
	if (operation === RowOperation.put) return "put";
	if (operation === RowOperation.update) return "update";
	if (operation === RowOperation.delete) return "delete";
	throw parameterInvalid("The modify type is invalid.");
}

/** @throws OtsError (OTSParameterInvalid) */
export function rowChange(kind: ChangeKind, row: WireRow): RowChange {
	const key = givenKey(row.key);
	checkShape(kind, row);
	if (row.cells.length > MAX_ATTRIBUTE_COLUMNS_PER_REQUEST) {
		throw parameterInvalid(
			`The number of attribute columns exceeds the limit, limit count: ${MAX_ATTRIBUTE_COLUMNS_PER_REQUEST}, column count: ${row.cells.length}.`,
		);
	}
	const keyNames = new Set(key.map((column) => column.name));
	let size = 0;
	for (const { name, value } of key) {
		size += Buffer.byteLength(name) + (isMarker(value) ? 0 : valueSize(value));
	}
	const cells = row.cells.map((cell) => {
		if (!isName(cell.name)) throw parameterInvalid(`Invalid column name: '${cell.name}'.`);
		if (keyNames.has(cell.name)) {
			throw parameterInvalid(
				`Duplicated attribute column name with primary key column: '${cell.name}'.`,
			);
		}
		size += cell.name.length;
		if (cell.value && !isMarker(cell.value)) size += valueSize(cell.value);
		return cellChange(kind, cell);
	});
	if (size > MAX_WRITE_BYTES) {
		throw parameterInvalid(
			`The total data size of ${OPERATION_NAMES[kind]} request exceeds the limit, limit size: ${MAX_WRITE_BYTES}, data size: ${size}.`,
		);
	}
	return { kind, key, cells, size };
}

function checkShape(kind: ChangeKind, { cells, deleteMarker }: WireRow): void {
	if (kind === "delete") {
		if (cells.length > 0) {
			throw parameterInvalid("Invalid delete row request: unexpected cells in request.");
		}
		if (!deleteMarker) {
			throw parameterInvalid("Invalid request of delete row: missing RowDeleteMarker in request.");
		}
		return;
	}
	if (deleteMarker) {
		throw parameterInvalid(
			"Invalid request of put/update row: unexpected RowDeleteMarker in request.",
		);
	}
	if (kind === "update" && cells.length === 0) {
		throw parameterInvalid("Invalid update row request: missing cells in request.");
	}
}

function cellChange(kind: ChangeKind, cell: WireCell): CellChange {
	const { name, operation } = cell;
	const timestamp = checkedTimestamp(cell.timestamp);
	if (operation === undefined) {
		return { kind: "put", name, value: checkedValue(cell), timestamp };
	}
	if (kind === "put") {
		throw parameterInvalid(`OpType cannot be given for column name: '${name}' in PutRow.`);
	}
	if (!isCellOperation(operation)) {
		throw parameterInvalid(`Invalid op type of cell: ${operation}.`);
	}
	if (operation === CellOperation.increment) {
		const value = checkedValue(cell);
		if (value.kind !== "integer") {
			throw parameterInvalid(`Only INTEGER can be used to increment column: '${name}'.`);
		}
		return { kind: "increment", name, by: value.value, timestamp };
	}
	if (cell.value !== undefined) {
		throw parameterInvalid(
			"Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION.",
		);
	}
	if (operation === CellOperation.deleteAll) {
		if (timestamp !== undefined) {
			throw parameterInvalid("Timestamp cannot be given when type is DELETE_ALL_VERSION.");
		}
		return { kind: "deleteAll", name };
	}
	if (timestamp === undefined) {
		throw parameterInvalid("Timestamp must be given when type is DELETE_ONE_VERSION.");
	}
	return { kind: "deleteOne", name, timestamp };
}

function checkedValue({ name, value }: WireCell): Value {
	if (value === undefined) {
		throw parameterInvalid(`Cell data broken, attr has no value, name: '${name}'.`);
	}
	if (isMarker(value)) {
		throw parameterInvalid(`${value.kind} is an invalid type for the attribute column.`);
	}
	const size = valueSize(value);
	if (size > MAX_ATTRIBUTE_VALUE_BYTES) {
		throw parameterInvalid(
			`The length of attribute column: '${name}' exceeds the MaxLength:${MAX_ATTRIBUTE_VALUE_BYTES} with CurrentLength:${size}.`,
		);
	}
	return value;
}

function checkedTimestamp(timestamp: bigint | undefined): number | undefined {
	if (timestamp === undefined) return undefined;
	if (timestamp < 0n || timestamp >= MAX_TIMESTAMP_MS) {
		throw parameterInvalid("Timestamp must be in range [0, INT64_MAX/1000).");
	}
	return Number(timestamp);
}
