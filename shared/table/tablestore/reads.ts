import { Batcher, type BatcherOptions, type Item } from "../../batch/batcher.ts";
import type { Key, Row, TableName } from "../table.ts";
import { groupByTable, inOrder, orOneByOne, rowFailure } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { fromRow, rowBytes, toPrimaryKey } from "./rows.ts";

/** Tablestore, "Limits on the Wide Column model". */
const MAX_ROWS = 100;

interface Read extends Item {
	readonly id: string;
	readonly table: TableName;
	readonly key: Key;
}

/**
 * Whoever asks for a row while another's question for it has not left yet
 * shares the answer: a batch may name a row once, and many want the same few.
 */
export class SharedReads {
	readonly #batcher: Batcher<Read, Row | undefined>;
	readonly #unsent = new Map<string, Promise<Row | undefined>>();

	constructor(
		connection: Connection,
		limits: Omit<BatcherOptions<Read, Row | undefined>, "send" | "maxItems">,
	) {
		this.#batcher = new Batcher({
			...limits,
			maxItems: MAX_ROWS,
			send: (reads) => {
				for (const { id } of reads) this.#unsent.delete(id);
				return sendReads(connection, reads);
			},
		});
	}

	submit(id: string, table: TableName, key: Key): Promise<Row | undefined> {
		const shared = this.#unsent.get(id);
		if (shared) return shared;
		const read = { id, table, key, bytes: rowBytes(key), sent: false, withdrawn: false };
		const row = this.#batcher.submit(read);
		this.#unsent.set(id, row);
		return row;
	}
}

/** @returns for each its row, or its error. @throws TableError for all of them */
async function sendReads(
	connection: Connection,
	reads: readonly Read[],
): Promise<Array<Row | undefined | Error>> {
	const [only] = reads;
	if (reads.length === 1 && only) return [await sendRead(connection, only)];
	return orOneByOne(
		reads,
		() => sendBatch(connection, reads),
		(read) => sendRead(connection, read),
	);
}

async function sendRead(connection: Connection, { table, key }: Read): Promise<Row | undefined> {
	const request = { tableName: table, primaryKey: toPrimaryKey(table, key), maxVersions: 1 };
	const { row } = await connection.call((client) => client.getRow(request));
	return fromRow(row);
}

async function sendBatch(
	connection: Connection,
	reads: readonly Read[],
): Promise<Array<Row | undefined | Error>> {
	const groups = groupByTable(reads);
	const answer = await connection.call((client) =>
		client.batchGetRow({
			tables: groups.map(({ table, items }) => ({
				tableName: table,
				primaryKey: items.map(({ key }) => toPrimaryKey(table, key)),
				maxVersions: 1,
			})),
		}),
	);
	return inOrder(groups, answer.tables.flat(), (row) =>
		row.isOk ? fromRow(row) : rowFailure(row),
	);
}
