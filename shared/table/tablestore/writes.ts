import type { Item } from "../../batch/batcher.ts";
import { type Columns, type Condition, type Key, TableError, type TableName } from "../table.ts";
import { groupByTable, inOrder, orOneByOne, rowFailure } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { CONDITION_FAILED } from "./errors.ts";
import { rowBytes, toAttributes, toCondition, toPrimaryKey } from "./rows.ts";

/** Tablestore, "Limits on the Wide Column model". */
export const MAX_WRITE_ROWS = 200;

export interface Write extends Item {
	readonly row: string;
	readonly table: TableName;
	readonly key: Key;
	/** Absent: the row is removed. */
	readonly columns: Columns | undefined;
	readonly condition: Condition;
}

export function newWrite(
	row: string,
	table: TableName,
	key: Key,
	columns: Columns | undefined,
	condition: Condition,
): Write {
	const bytes = rowBytes(key, columns);
	return { row, table, key, columns, condition, bytes, sent: false, withdrawn: false };
}

/** @returns for each whether its condition held, or its error. @throws TableError for all of them */
export async function sendWrites(
	connection: Connection,
	writes: readonly Write[],
): Promise<Array<boolean | Error>> {
	const [only] = writes;
	if (writes.length === 1 && only) return [await sendWrite(connection, only)];
	return orOneByOne(
		writes,
		() => sendBatch(connection, writes),
		(write) => sendWrite(connection, write),
	);
}

async function sendBatch(
	connection: Connection,
	writes: readonly Write[],
): Promise<Array<boolean | Error>> {
	const groups = groupByTable(writes);
	const answer = await connection.call((client) =>
		client.batchWriteRow({
			tables: groups.map(({ table, items }) => ({ tableName: table, rows: items.map(toChange) })),
		}),
	);
	return inOrder(groups, answer.tables, (row) => {
		if (row.isOk) return true;
		return row.errorCode === CONDITION_FAILED ? false : rowFailure(row);
	});
}

function toChange({ table, key, columns, condition }: Write) {
	const change = { condition: toCondition(condition), primaryKey: toPrimaryKey(table, key) };
	return columns
		? { type: "PUT" as const, ...change, attributeColumns: toAttributes(columns) }
		: { type: "DELETE" as const, ...change };
}

/** A single row costs the service, and us, less by itself. */
async function sendWrite(
	connection: Connection,
	{ table, key, columns, condition }: Write,
): Promise<boolean> {
	const request = {
		tableName: table,
		condition: toCondition(condition),
		primaryKey: toPrimaryKey(table, key),
	};
	try {
		await connection.call((client) =>
			columns
				? client.putRow({ ...request, attributeColumns: toAttributes(columns) })
				: client.deleteRow(request),
		);
		return true;
	} catch (error) {
		if (error instanceof TableError && error.code === CONDITION_FAILED) return false;
		throw error;
	}
}
