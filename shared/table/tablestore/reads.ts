import type { Key, Row, TableName } from "../table.ts";
import { groupByTable, inOrder, rowFailure } from "./answers.ts";
import type { Batcher, Item } from "./batcher.ts";
import type { Connection } from "./connection.ts";
import { fromRow, rowBytes, toPrimaryKey } from "./rows.ts";

export interface Read extends Item {
	readonly table: TableName;
	readonly key: Key;
}

/**
 * Whoever asks for a row while another's question for it has not left yet
 * shares the answer: a batch may name a row once, and many want the same few.
 */
export class SharedReads {
	readonly #batcher: Batcher<Read, Row | undefined>;
	readonly #unsent = new Map<
		string,
		{ readonly read: Read; readonly row: Promise<Row | undefined> }
	>();

	constructor(batcher: Batcher<Read, Row | undefined>) {
		this.#batcher = batcher;
	}

	submit(id: string, table: TableName, key: Key): Promise<Row | undefined> {
		const other = this.#unsent.get(id);
		if (other && !other.read.sent) return other.row;
		const read = { table, key, bytes: rowBytes(key), sent: false, withdrawn: false };
		const mine = { read, row: this.#batcher.submit(read) };
		this.#unsent.set(id, mine);
		const forget = () => {
			if (this.#unsent.get(id) === mine) this.#unsent.delete(id);
		};
		mine.row.then(forget, forget);
		return mine.row;
	}
}

/** @returns for each its row, or its error. @throws TableError for all of them */
export async function sendReads(
	connection: Connection,
	reads: readonly Read[],
): Promise<Array<Row | undefined | Error>> {
	const [only] = reads;
	if (reads.length === 1 && only) {
		const primaryKey = toPrimaryKey(only.table, only.key);
		const request = { tableName: only.table, primaryKey, maxVersions: 1 };
		const { row } = await connection.call((client) => client.getRow(request));
		return [fromRow(row)];
	}
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
