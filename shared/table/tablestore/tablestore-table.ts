import { Batcher } from "../../batch/batcher.ts";
import type {
	Columns,
	Condition,
	IndexName,
	Key,
	Range,
	RemoveCondition,
	Row,
	Table,
	TableName,
} from "../table.ts";
import type { Connection } from "./connection.ts";
import { Patience, type Progress } from "./patience.ts";
import { readRange } from "./ranges.ts";
import { SharedReads } from "./reads.ts";
import { MAX_WRITE_ROWS, newWrite, sendWrites, type Write } from "./writes.ts";

/** The request, and the answer as well, must fit into 4 MB (Tablestore, "Limits on the Wide Column model"). */
const MAX_BATCH_BYTES = 3_500_000;
/** Of reads and of writes each: beyond it they wait, and fill the next request. */
const MAX_REQUESTS_IN_FLIGHT = 24;

/**
 * The table port on Tablestore. Writes and reads of all that goes on in the
 * process travel together, in BatchWriteRow and BatchGetRow; every operation
 * ends within the connection's patience.
 */
export class TablestoreTable implements Table {
	readonly #connection: Connection;
	readonly #patience: Patience;
	readonly #writes: Batcher<Write, boolean>;
	readonly #reads: SharedReads;

	constructor(connection: Connection) {
		const { clock, patienceMs } = connection;
		const limits = { clock, maxBytes: MAX_BATCH_BYTES, maxInFlight: MAX_REQUESTS_IN_FLIGHT };
		this.#connection = connection;
		this.#patience = new Patience(clock, patienceMs);
		this.#writes = new Batcher({
			...limits,
			maxItems: MAX_WRITE_ROWS,
			send: (writes) => sendWrites(connection, writes),
		});
		this.#reads = new SharedReads(connection, limits);
	}

	get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#patience.run((progress) => this.#read(progress, table, key));
	}

	put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		return this.#patience.run(async (progress) => {
			const done = await this.#write(progress, table, row.key, row.columns, condition);
			if (done || !progress.maybe) return done;
			// An earlier try may have been carried out although its answer was lost.
			const standing = await this.#read(progress, table, row.key);
			return standing !== undefined && sameColumns(standing, row);
		});
	}

	remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		return this.#patience.run(async (progress) => {
			const done = await this.#write(progress, table, key, undefined, condition);
			if (done || !progress.maybe) return done;
			// As above; a row that is gone is what was asked for, whoever removed it.
			return (await this.#read(progress, table, key)) === undefined;
		});
	}

	range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		return this.#patience.run((progress) =>
			readRange(range, name, (page) => this.#repeat(progress, () => this.#connection.call(page))),
		);
	}

	#write(
		progress: Progress,
		table: TableName,
		key: Key,
		columns: Columns | undefined,
		condition: Condition,
	): Promise<boolean> {
		const write = newWrite(rowId(table, key), table, key, columns, condition);
		progress.item = write;
		return this.#repeat(progress, () => this.#writes.submit(write));
	}

	#read(progress: Progress, table: TableName, key: Key): Promise<Row | undefined> {
		const id = rowId(table, key);
		progress.item = undefined;
		return this.#repeat(progress, () => this.#reads.submit(id, table, key));
	}

	#repeat<T>(progress: Progress, attempt: () => Promise<T>): Promise<T> {
		return this.#connection.retry(
			() => {
				// Its time ran out while it waited to be repeated: nobody hears what is thrown.
				if (progress.late) throw progress.lastError;
				this.#connection.checkAvailable();
				return attempt();
			},
			(error) => {
				progress.failed(error);
				return !progress.late;
			},
		);
	}
}

/** Parts may hold any character: their lengths tell where each ends. */
function rowId(table: TableName, key: Key): string {
	let id: string = table;
	for (const part of key) id += `:${part.length}:${part}`;
	return id;
}

function sameColumns(left: Row, right: Row): boolean {
	const names = Object.keys(left.columns);
	return (
		names.length === Object.keys(right.columns).length &&
		names.every((name) => left.columns[name] === right.columns[name])
	);
}
