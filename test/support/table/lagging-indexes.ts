import type { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import type {
	Condition,
	IndexName,
	Key,
	Range,
	RemoveCondition,
	Row,
	Table,
	TableName,
} from "../../../shared/table/table.ts";
import { MemoryTable } from "./memory-table.ts";

const TABLES_WITH_INDEXES: readonly string[] = ["commands", "schedules", "operations"];

/** A table whose global indexes show what was true some time ago; rows themselves are always up to date. */
export class LaggingIndexes implements Table {
	readonly #rows: MemoryTable;
	readonly #past = new MemoryTable();
	readonly #clock: VirtualClock;
	readonly #lagMs: () => number;

	constructor(rows: MemoryTable, clock: VirtualClock, lagMs: () => number) {
		this.#rows = rows;
		this.#clock = clock;
		this.#lagMs = lagMs;
	}

	get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#rows.get(table, key);
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const done = await this.#rows.put(table, row, condition);
		if (done) this.#later(table, () => this.#past.put(table, row, { row: "any" }));
		return done;
	}

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const done = await this.#rows.remove(table, key, condition);
		if (done) this.#later(table, () => this.#past.remove(table, key, { row: "any" }));
		return done;
	}

	range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		const isIndex = name.includes("_by_") || name.endsWith("_due");
		return (isIndex ? this.#past : this.#rows).range(name, range);
	}

	#later(table: TableName, change: () => void): void {
		if (TABLES_WITH_INDEXES.includes(table)) this.#clock.after(this.#lagMs(), change);
	}
}
