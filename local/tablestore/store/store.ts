import { type Db, fillDisk, openDatabase } from "../../store/database.ts";
import type { Row, StoredRow } from "../model/row.ts";
import type { Table } from "../model/table.ts";
import { type PackedChange, packChanges, unpackChanges } from "./index-change-codec.ts";
import { packRow, unpackRow } from "./row-codec.ts";

/** A change to an index that waits for its time. `key` is encoded; without `row` it is a removal. */
export interface IndexChange {
	readonly indexId: number;
	readonly key: Buffer;
	readonly row?: StoredRow | undefined;
}

/** The changes of one transaction. */
export interface QueuedChanges {
	readonly seq: number;
	readonly dueMs: number;
	readonly changes: readonly PackedChange[];
}

/** libsql gives blobs as `ArrayBuffer` from `all()`, but as `Buffer` from `get()`. */
interface RowRecord {
	readonly pk: ArrayBuffer;
	readonly stamp: number;
	readonly row: ArrayBuffer;
}

/** An encoded key and the row under it. */
export interface Entry {
	readonly key: Buffer;
	readonly row: StoredRow;
	/** What the row takes in the store. */
	readonly packedBytes: number;
}

const SCHEMA = `
	CREATE TABLE IF NOT EXISTS tables (
		id INTEGER PRIMARY KEY,
		name TEXT NOT NULL UNIQUE,
		definition TEXT NOT NULL,
		last_auto_key INTEGER NOT NULL DEFAULT 0
	);
	CREATE TABLE IF NOT EXISTS rows (
		tbl INTEGER NOT NULL,
		pk BLOB NOT NULL,
		stamp INTEGER NOT NULL,
		row BLOB NOT NULL,
		PRIMARY KEY (tbl, pk)
	);
	CREATE TABLE IF NOT EXISTS index_changes (
		seq INTEGER PRIMARY KEY AUTOINCREMENT,
		due INTEGER NOT NULL,
		changes BLOB NOT NULL
	);
`;

/** The tables, their rows and the queue of index changes, in one database file. */
export class Store {
	readonly #db: Db;
	readonly #begin;
	readonly #commit;
	readonly #rollback;
	readonly #get;
	readonly #put;
	readonly #remove;
	readonly #forward;
	readonly #backward;
	readonly #enqueue;
	readonly #queued;
	readonly #dequeue;

	constructor(dataDir: string) {
		this.#db = openDatabase(dataDir, "tablestore");
		this.#db.exec(SCHEMA);
		const prepare = (sql: string) => this.#db.prepare(sql);
		this.#begin = prepare("BEGIN IMMEDIATE");
		this.#commit = prepare("COMMIT");
		this.#rollback = prepare("ROLLBACK");
		this.#get = prepare("SELECT stamp, row FROM rows WHERE tbl = ? AND pk = ?");
		this.#put = prepare(
			`INSERT INTO rows (tbl, pk, stamp, row) VALUES (?, ?, ?, ?)
			 ON CONFLICT (tbl, pk) DO UPDATE SET stamp = excluded.stamp, row = excluded.row`,
		);
		this.#remove = prepare("DELETE FROM rows WHERE tbl = ? AND pk = ?");
		this.#forward = prepare(
			"SELECT pk, stamp, row FROM rows WHERE tbl = ? AND pk >= ? AND pk < ? ORDER BY pk LIMIT ?",
		);
		this.#backward = prepare(
			"SELECT pk, stamp, row FROM rows WHERE tbl = ? AND pk <= ? AND pk > ? ORDER BY pk DESC LIMIT ?",
		);
		this.#enqueue = prepare("INSERT INTO index_changes (due, changes) VALUES (?, ?)");
		this.#queued = prepare("SELECT seq, due, changes FROM index_changes ORDER BY seq LIMIT ?");
		this.#dequeue = prepare("DELETE FROM index_changes WHERE seq <= ?");
	}

	/** Everything that `work` writes is durable when this returns, or none of it was done. */
	transaction<T>(work: () => T): T {
		this.#begin.run();
		let result: T;
		try {
			result = work();
			this.#commit.run();
		} catch (error) {
			this.#rollback.run();
			throw error;
		}
		return result;
	}

	get(tableId: number, key: Buffer): StoredRow | undefined {
		const found = this.#get.get(tableId, key) as { stamp: number; row: Buffer } | undefined;
		return found && { ...unpackRow(found.row), stampMs: found.stamp };
	}

	put(tableId: number, key: Buffer, row: Row, stampMs: number): void {
		this.#put.run(tableId, key, stampMs, packRow(row));
	}

	remove(tableId: number, key: Buffer): void {
		this.#remove.run(tableId, key);
	}

	/** Up to `limit` rows of [start, end) in ascending order, or of (end, start] in descending order. */
	scan(tableId: number, backward: boolean, start: Buffer, end: Buffer, limit: number): Entry[] {
		const statement = backward ? this.#backward : this.#forward;
		const records = statement.all(tableId, start, end, limit) as RowRecord[];
		return records.map(({ pk, stamp, row }) => ({
			key: Buffer.from(pk),
			row: { ...unpackRow(Buffer.from(row)), stampMs: stamp },
			packedBytes: row.byteLength,
		}));
	}

	enqueue(dueMs: number, changes: readonly IndexChange[]): void {
		this.#enqueue.run(dueMs, packChanges(changes));
	}

	/** The oldest waiting changes, of so many transactions. */
	queued(limit: number): QueuedChanges[] {
		const records = this.#queued.all(limit) as {
			seq: number;
			due: number;
			changes: ArrayBuffer;
		}[];
		return records.map(({ seq, due, changes }) => ({
			seq,
			dueMs: due,
			changes: unpackChanges(Buffer.from(changes)),
		}));
	}

	/** Makes the changes in their indexes and takes them off the queue. */
	applyQueued(queued: readonly QueuedChanges[]): void {
		if (queued.length > 0) this.transaction(() => this.#apply(queued));
	}

	#apply(queued: readonly QueuedChanges[]): void {
		// An entry may come and go within milliseconds: only what becomes of it is written.
		const latest = new Map<string, PackedChange>();
		for (const { changes } of queued) {
			for (const change of changes) {
				latest.set(`${change.indexId} ${change.key.toString("latin1")}`, change);
			}
		}
		for (const { indexId, key, stampMs, row } of latest.values()) {
			if (row) this.#put.run(indexId, key, stampMs, row);
			else this.#remove.run(indexId, key);
		}
		this.#dequeue.run(queued.at(-1)?.seq ?? 0);
	}

	loadTables(): Table[] {
		const rows = this.#db.prepare("SELECT definition FROM tables ORDER BY id").all();
		return (rows as { definition: string }[]).map(
			({ definition }) => JSON.parse(definition) as Table,
		);
	}

	saveTable(table: Table): void {
		this.#db
			.prepare(
				`INSERT INTO tables (id, name, definition) VALUES (?, ?, ?)
				 ON CONFLICT (id) DO UPDATE SET definition = excluded.definition`,
			)
			.run(table.id, table.name, JSON.stringify(table));
	}

	deleteTable(tableId: number): void {
		this.#db.prepare("DELETE FROM tables WHERE id = ?").run(tableId);
	}

	/** Removes the rows of a table or an index, and what waits to become rows of it. */
	clear(id: number): void {
		this.#apply(this.queued(-1));
		this.#db.prepare("DELETE FROM rows WHERE tbl = ?").run(id);
	}

	removeStampedUpTo(id: number, stampMs: number): void {
		this.#db.prepare("DELETE FROM rows WHERE tbl = ? AND stamp <= ?").run(id, stampMs);
	}

	/** The next value of a table's auto-increment column: rising, and never given twice. */
	nextAutoKey(tableId: number, atLeast: number): number {
		const found = this.#db
			.prepare(
				`UPDATE tables SET last_auto_key = max(last_auto_key + 1, ?) WHERE id = ?
				 RETURNING last_auto_key AS value`,
			)
			.get(atLeast, tableId) as { value: number };
		return found.value;
	}

	fillDisk(full: boolean): void {
		fillDisk(this.#db, full);
	}

	close(): void {
		this.#db.close();
	}
}
