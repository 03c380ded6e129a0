import {
	type Condition,
	type IndexName,
	type Key,
	type Range,
	type RemoveCondition,
	type Row,
	type Table,
	TableError,
	type TableName,
} from "../table.ts";
import { Batcher } from "./batcher.ts";
import type { Connection } from "./connection.ts";
import { CONDITION_FAILED, toTableError } from "./errors.ts";
import { readRange } from "./ranges.ts";
import { fromRow, toAttributes, toCondition, toPrimaryKey } from "./rows.ts";

/** Tablestore, "Limits on the Wide Column model"; the answer must fit into 4 MB as well. */
const MAX_WRITE_ROWS = 200;
const MAX_READ_ROWS = 100;
const MAX_BATCH_BYTES = 3_500_000;
const MAX_REQUESTS_IN_FLIGHT = 4;

interface Write {
	readonly table: TableName;
	readonly key: Key;
	/** Absent: the row is removed. */
	readonly row?: Row;
	readonly condition: Condition;
}

interface Read {
	readonly table: TableName;
	readonly key: Key;
}

/**
 * The table port on Tablestore. Writes and reads that happen at the same time
 * travel in one BatchWriteRow or BatchGetRow.
 */
export class TablestoreTable implements Table {
	readonly #connection: Connection;
	readonly #writes: Batcher<Write, boolean>;
	readonly #reads: Batcher<Read, Row | undefined>;

	constructor(connection: Connection) {
		this.#connection = connection;
		const limits = { maxBytes: MAX_BATCH_BYTES, maxInFlight: MAX_REQUESTS_IN_FLIGHT };
		this.#writes = new Batcher<Write, boolean>({
			...limits,
			maxItems: MAX_WRITE_ROWS,
			sizeBytes: (write) => rowBytes(write.key, write.row),
			identity,
			send: (writes) => this.#sendWrites(writes),
		});
		this.#reads = new Batcher<Read, Row | undefined>({
			...limits,
			maxItems: MAX_READ_ROWS,
			sizeBytes: (read) => rowBytes(read.key),
			// Two readers of one row may share its answer, but a batch may name it once.
			identity,
			send: (reads) => this.#sendReads(reads),
		});
	}

	get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#connection.retry(() => this.#reads.submit({ table, key }));
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const write: Write = { table, key: row.key, row, condition };
		const { done, ambiguous } = await this.#write(write);
		if (done || !ambiguous) return done;
		// An earlier try may have been carried out although its answer was lost.
		const standing = await this.get(table, row.key);
		return standing !== undefined && sameColumns(standing, row);
	}

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const { done, ambiguous } = await this.#write({ table, key, condition });
		if (done || !ambiguous) return done;
		// As above; a row that is gone is what was asked for, whoever removed it.
		return (await this.get(table, key)) === undefined;
	}

	range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		return readRange(this.#connection, name, range);
	}

	async #write(write: Write): Promise<{ done: boolean; ambiguous: boolean }> {
		let ambiguous = false;
		const done = await this.#connection.retry(async () => {
			try {
				return await this.#writes.submit(write);
			} catch (error) {
				if (error instanceof TableError && error.applied === "maybe") ambiguous = true;
				throw error;
			}
		});
		return { done, ambiguous };
	}

	async #sendWrites(writes: readonly Write[]): Promise<PromiseSettledResult<boolean>[]> {
		const [only] = writes;
		if (writes.length === 1 && only) return [await settle(this.#sendWrite(only))];
		const tables = groupByTable(writes);
		const answer = await this.#connection.call((client) =>
			client.batchWriteRow({
				tables: tables.map(([tableName, group]) => ({
					tableName,
					rows: group.map(({ key, row, condition }) =>
						row
							? {
									type: "PUT" as const,
									condition: toCondition(condition),
									primaryKey: toPrimaryKey(tableName, key),
									attributeColumns: toAttributes(row.columns),
								}
							: {
									type: "DELETE" as const,
									condition: toCondition(condition),
									primaryKey: toPrimaryKey(tableName, key),
								},
					),
				})),
			}),
		);
		return inOrderOf(writes, tables, answer.tables, (row) => {
			if (row.isOk) return true;
			if (row.errorCode === CONDITION_FAILED) return false;
			throw toTableError({ message: `${row.errorCode} ${row.errorMessage}` });
		});
	}

	async #sendWrite({ table, key, row, condition }: Write): Promise<boolean> {
		const request = {
			tableName: table,
			condition: toCondition(condition),
			primaryKey: toPrimaryKey(table, key),
		};
		try {
			await this.#connection.call((client) =>
				row
					? client.putRow({ ...request, attributeColumns: toAttributes(row.columns) })
					: client.deleteRow(request),
			);
			return true;
		} catch (error) {
			if (error instanceof TableError && error.code === CONDITION_FAILED) return false;
			throw error;
		}
	}

	async #sendReads(reads: readonly Read[]): Promise<PromiseSettledResult<Row | undefined>[]> {
		const [only] = reads;
		if (reads.length === 1 && only) {
			const { table, key } = only;
			const request = { tableName: table, primaryKey: toPrimaryKey(table, key), maxVersions: 1 };
			const answer = this.#connection.call((client) => client.getRow(request));
			return [await settle(answer.then(({ row }) => fromRow(row)))];
		}
		const tables = groupByTable(reads);
		const answer = await this.#connection.call((client) =>
			client.batchGetRow({
				tables: tables.map(([tableName, group]) => ({
					tableName,
					primaryKey: group.map(({ key }) => toPrimaryKey(tableName, key)),
					maxVersions: 1,
				})),
			}),
		);
		return inOrderOf(reads, tables, answer.tables.flat(), (row) => {
			if (row.isOk) return fromRow(row);
			throw toTableError({ message: `${row.errorCode} ${row.errorMessage}` });
		});
	}
}

const identity = ({ table, key }: Read): string => JSON.stringify([table, ...key]);

function rowBytes(key: Key, row?: Row): number {
	let bytes = 64;
	for (const value of [...key, ...Object.values(row?.columns ?? {})]) {
		bytes += 24 + (typeof value === "string" ? Buffer.byteLength(value) : 8);
	}
	return bytes;
}

function sameColumns(left: Row, right: Row): boolean {
	const names = Object.keys(left.columns);
	return (
		names.length === Object.keys(right.columns).length &&
		names.every((name) => left.columns[name] === right.columns[name])
	);
}

function groupByTable<T extends Read>(items: readonly T[]): [TableName, T[]][] {
	const groups = new Map<TableName, T[]>();
	for (const item of items) {
		const group = groups.get(item.table);
		if (group) group.push(item);
		else groups.set(item.table, [item]);
	}
	return [...groups];
}

/** A batch answers table by table; gives the results in the order in which the items were asked for. */
function inOrderOf<Item extends Read, Answer, Result>(
	items: readonly Item[],
	tables: readonly [TableName, Item[]][],
	answers: readonly Answer[],
	read: (answer: Answer) => Result,
): PromiseSettledResult<Result>[] {
	const results = new Map<Item, PromiseSettledResult<Result>>();
	tables
		.flatMap(([, group]) => group)
		.forEach((item, index) => {
			const answer = answers[index];
			if (answer === undefined) return;
			try {
				results.set(item, { status: "fulfilled", value: read(answer) });
			} catch (reason) {
				results.set(item, { status: "rejected", reason });
			}
		});
	return items.map(
		(item) =>
			results.get(item) ?? {
				status: "rejected",
				reason: new TableError("IncompleteAnswer", "the batch's answer leaves a row out", {
					retryable: true,
					applied: "maybe",
				}),
			},
	);
}

async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
	const [result] = await Promise.allSettled([promise]);
	return result;
}
