import { type OtsError, parameterInvalid } from "../errors.ts";
import { MAX_BATCH_WRITE_ROWS, MAX_WRITE_BYTES } from "../limits.ts";
import { changeKind } from "../model/change.ts";
import type { Table } from "../model/table.ts";
import { encodeKey } from "../store/key-encoding.ts";
import type { Fields } from "../wire/message.ts";
import {
	BatchResponse,
	BatchWriteRowRequest,
	RowExistence,
	type RowInBatch,
	type TableInBatchWriteRow,
} from "../wire/row-messages.ts";
import type { Environment } from "./environment.ts";
import { refuseTransaction } from "./unsupported.ts";
import { asRowError, parseWrite, performWrite, type Write, writableTable } from "./write-change.ts";

interface TableWrites {
	readonly tableName: string;
	readonly writes: readonly Write[];
}

type RowAnswer = Omit<Fields<typeof RowInBatch>, "error" | "consumed" | "row"> &
	Partial<Fields<typeof RowInBatch>>;

/**
 * Rows fail one by one; only what is wrong with the request itself fails it as a
 * whole. All rows are written in one transaction, for speed: the service does
 * not promise that.
 */
export function batchWriteRow(environment: Environment, body: Buffer): Buffer {
	const request = BatchWriteRowRequest.decode(body);
	refuseTransaction(request.transactionId);
	checkNames(request.tables.map((table) => table.tableName));
	const rows = request.tables.reduce((count, table) => count + table.rows.length, 0);
	if (request.tables.length === 0) {
		throw parameterInvalid("No row is specified in BatchWriteRow.");
	}
	if (rows > MAX_BATCH_WRITE_ROWS) {
		throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_BATCH_WRITE_ROWS}.`);
	}
	const tables = request.tables.map(parseTable);
	checkSize(tables);
	if (request.isAtomic && !isOnePartition(tables)) return refuseRows(tables);
	const answers = environment.indexQueue.transaction(() =>
		tables.map((table) => writeTable(environment, table, request.isAtomic ?? false)),
	);
	return BatchResponse.encode({ tables: answers });
}

export function checkNames(names: readonly string[]): void {
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) throw parameterInvalid(`Duplicated table name: '${repeated}'.`);
}

function parseTable({ tableName, rows }: Fields<typeof TableInBatchWriteRow>): TableWrites {
	if (rows.length === 0) {
		throw parameterInvalid(`No operation is specified for table: '${tableName}'.`);
	}
	const writes = rows.map((row) =>
		parseWrite(changeKind(row.operation), row.row, row.condition, row.returnContent),
	);
	checkRepeated(writes);
	return { tableName, writes };
}

/** A row may occur again only where neither its existence nor its columns are asked for. */
function checkRepeated(writes: readonly Write[]): void {
	const seen = new Map<string, Write>();
	for (const write of writes) {
		const values = write.change.key.map((column) => column.value);
		if (values.some((value) => value.kind === "autoIncrement")) continue;
		const key = encodeKey(values).toString("latin1");
		const other = seen.get(key);
		if (other) {
			for (const { existence, condition } of [other, write]) {
				if (existence !== RowExistence.ignore) {
					throw parameterInvalid(
						"Repeated rows do not support row exist expectation check in BatchModify.",
					);
				}
				if (condition) {
					throw parameterInvalid(
						"Repeated rows do not support row condition check in BatchModify.",
					);
				}
			}
		}
		seen.set(key, write);
	}
}

function checkSize(tables: readonly TableWrites[]): void {
	let size = 0;
	for (const { writes } of tables) for (const { change } of writes) size += change.size;
	if (size > MAX_WRITE_BYTES) {
		throw parameterInvalid(
			`The total data size of BatchWriteRow request exceeds the limit, limit size: ${MAX_WRITE_BYTES}, data size: ${size}.`,
		);
	}
}

/** An atomic batch is of one table and one value of its first key column. */
function isOnePartition(tables: readonly TableWrites[]): boolean {
	const partitions = tables.flatMap(({ tableName, writes }) =>
		writes.map(({ change }) => {
			const value = change.key[0]?.value;
			const known = value && value.kind !== "autoIncrement";
			return `${tableName}/${known ? encodeKey([value]).toString("latin1") : ""}`;
		}),
	);
	return new Set(partitions).size <= 1;
}

/** The request itself is in order: each of its rows is told why it was not written. */
function refuseRows(tables: readonly TableWrites[]): Buffer {
	const refusal = failed(
		parameterInvalid("The rows of an atomic batch must be of one table and partition key."),
	);
	return BatchResponse.encode({
		tables: tables.map(({ tableName, writes }) => ({
			tableName,
			rows: writes.map(() => refusal),
		})),
	});
}

/** @throws OtsError for a row that fails in an atomic batch, which undoes the others. */
function writeTable(
	environment: Environment,
	{ tableName, writes }: TableWrites,
	isAtomic: boolean,
) {
	let table: Table;
	try {
		table = writableTable(environment, tableName);
	} catch (error) {
		if (isAtomic) throw error;
		const failure = failed(asRowError(error));
		return { tableName, rows: writes.map(() => failure) };
	}
	return { tableName, rows: writes.map((write) => writeOne(environment, table, write, isAtomic)) };
}

function writeOne(
	environment: Environment,
	table: Table,
	write: Write,
	isAtomic: boolean,
): RowAnswer {
	try {
		const { consumed, row } = performWrite(environment, table, write);
		return { isOk: true, consumed: { capacityUnit: consumed }, row };
	} catch (error) {
		if (isAtomic) throw error;
		return failed(asRowError(error));
	}
}

export function failed({ code, message }: OtsError): RowAnswer {
	return { isOk: false, error: { code, message } };
}
