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
} from "../../../shared/table/table.ts";

/** Tablestore, "Limits on the Wide Column model". */
const MAX_KEY_BYTES = 1024;
const MAX_CELL_BYTES = 2 * 1024 * 1024;

/** A table that refuses what Tablestore refuses, or could not give back as it was. */
export class StrictTable implements Table {
	readonly #inner: Table;

	constructor(inner: Table) {
		this.#inner = inner;
	}

	async get(table: TableName, key: Key): Promise<Row | undefined> {
		checkKey(key);
		return this.#inner.get(table, key);
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		checkKey(row.key);
		for (const value of Object.values(row.columns)) {
			if (typeof value !== "string") continue;
			if (Buffer.byteLength(value) > MAX_CELL_BYTES) throw refusal("a cell is too large");
			if (!isCarried(value)) throw refusal("UTF-8 cannot carry a cell");
		}
		return this.#inner.put(table, row, condition);
	}

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		checkKey(key);
		return this.#inner.remove(table, key, condition);
	}

	async range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		checkKey(range.prefix);
		return this.#inner.range(name, range);
	}
}

function checkKey(key: Key): void {
	for (const part of key) {
		if (Buffer.byteLength(part) > MAX_KEY_BYTES) throw refusal("a key is too long");
		if (!isCarried(part)) throw refusal("UTF-8 cannot carry a key");
	}
}

const isCarried = (text: string): boolean => Buffer.from(text, "utf8").toString("utf8") === text;

const refusal = (message: string): TableError =>
	new TableError("OTSParameterInvalid", message, { retryable: false, applied: "no" });
