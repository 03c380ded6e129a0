import { keyColumns } from "../schema.ts";
import type { Columns, Condition, IndexName, Key, Row, TableName, Value } from "../table.ts";
import {
	ComparatorType,
	INF_MAX,
	INF_MIN,
	Long,
	RowExistenceExpectation,
	Condition as SdkCondition,
	type SdkPrimaryKey,
	type SdkRow,
	SingleColumnCondition,
} from "./sdk.ts";

const ROW_BYTES = 64;
/** A cell without its value: tags, checksum, name. */
const CELL_BYTES = 32;
const INTEGER_BYTES = 8;

/**
 * One object a column: of `{a, b}` in one object the SDK silently drops `b`.
 * INTEGER needs a Long, since a JavaScript number is written as a DOUBLE.
 */
export function toAttributes(columns: Columns) {
	return Object.entries(columns).map(([name, value]) => ({ [name]: toCell(value) }));
}

const toCell = (value: Value) =>
	typeof value === "bigint" ? Long.fromString(value.toString()) : value;

export function toPrimaryKey(name: TableName | IndexName, key: Key): SdkPrimaryKey {
	return keyColumns(name).map((column, index) => ({ [column]: part(key, index) }));
}

function part(key: Key, index: number): string {
	const value = key[index];
	if (value === undefined) throw new Error(`the key has ${key.length} parts, too few`);
	return value;
}

/** A bound of a range: the given leading parts, then the smallest or the greatest value for the rest. */
export function toBound(
	name: TableName | IndexName,
	leading: Key,
	rest: "min" | "max",
): SdkPrimaryKey {
	const filler: symbol = rest === "min" ? INF_MIN : INF_MAX;
	return keyColumns(name).map((column, index) => ({
		[column]: leading[index] ?? filler,
	})) as SdkPrimaryKey;
}

const WHATEVER_IS_THERE = new SdkCondition(RowExistenceExpectation.IGNORE, null);
const ROW_IS_ABSENT = new SdkCondition(RowExistenceExpectation.EXPECT_NOT_EXIST, null);

export function toCondition(condition: Condition): InstanceType<typeof SdkCondition> {
	switch (condition.row) {
		case "any":
			return WHATEVER_IS_THERE;
		case "absent":
			return ROW_IS_ABSENT;
		case "present":
			return new SdkCondition(
				RowExistenceExpectation.EXPECT_EXIST,
				new SingleColumnCondition(
					condition.column,
					toCell(condition.equals),
					ComparatorType.EQUAL,
					false,
				),
			);
	}
}

/** About what a row takes in a request, in bytes; rather too much. */
export function rowBytes(key: Key, columns: Columns = {}): number {
	let bytes = ROW_BYTES;
	for (const part of key) bytes += CELL_BYTES + Buffer.byteLength(part);
	for (const name in columns) {
		const value = columns[name];
		bytes += CELL_BYTES + (typeof value === "string" ? Buffer.byteLength(value) : INTEGER_BYTES);
	}
	return bytes;
}

/** The row, or undefined where the SDK found none. Key columns come in the order of the table, or of the index. */
export function fromRow(row: SdkRow | undefined | null): Row | undefined {
	if (!row?.primaryKey || row.primaryKey.length === 0) return undefined;
	const columns: Record<string, Value> = {};
	for (const { columnName, columnValue } of row.attributes ?? []) {
		columns[columnName] = fromCell(columnName, columnValue);
	}
	return { key: row.primaryKey.map(({ value }) => String(value)), columns };
}

function fromCell(name: string, value: unknown): Value {
	switch (typeof value) {
		case "string":
		case "boolean":
			return value;
		case "object":
			// INTEGER: its decimal text, since toNumber() is wrong above 2^53.
			if (value !== null && "toNumber" in value) return BigInt(String(value));
			break;
	}
	throw new Error(`column ${name} is neither text, nor integer, nor boolean`);
}
