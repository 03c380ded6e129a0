import { keyColumns, SCHEMA, TABLE_NAMES } from "../../../shared/table/schema.ts";
import type {
	Columns,
	Condition,
	IndexName,
	Key,
	Range,
	Row,
	Table,
	TableName,
} from "../../../shared/table/table.ts";

/** The table port in memory. It passes the same contract suite as the Tablestore adapter. */
export class MemoryTable implements Table {
	readonly #tables = new Map<TableName, Map<string, Row>>(
		TABLE_NAMES.map((name) => [name, new Map()]),
	);

	async get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#rows(table).get(JSON.stringify(key));
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(row.key);
		if (!holds(condition, rows.get(id))) return false;
		rows.set(id, row);
		return true;
	}

	async remove(table: TableName, key: Key): Promise<void> {
		this.#rows(table).delete(JSON.stringify(key));
	}

	async range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		const sign = range.direction === "forward" ? 1 : -1;
		const { prefix, before, after } = range;
		return this.#view(name)
			.filter(({ key }) => prefix.every((value, index) => key[index] === value))
			.filter(({ key }) => before === undefined || (key[prefix.length] ?? "") < before)
			.filter(({ key }) => !after || compare(key, after) * sign > 0)
			.sort((left, right) => compare(left.key, right.key) * sign)
			.slice(0, range.limit);
	}

	/** All rows, for assertions. */
	all(table: TableName): Row[] {
		return [...this.#rows(table).values()];
	}

	#view(name: TableName | IndexName): Row[] {
		const table = TABLE_NAMES.find((candidate) => name in SCHEMA[candidate].indexes);
		if (!table) return [...this.#rows(name as TableName).values()];
		return [...this.#rows(table).values()].map((row) => {
			const all: Columns = {
				...row.columns,
				...Object.fromEntries(SCHEMA[table].key.map((column, i) => [column, row.key[i] ?? ""])),
			};
			return { key: keyColumns(name).map((column) => String(all[column])), columns: {} };
		});
	}

	#rows(table: TableName): Map<string, Row> {
		const rows = this.#tables.get(table);
		if (!rows) throw new Error(`no table ${table}`);
		return rows;
	}
}

function holds(condition: Condition, row: Row | undefined): boolean {
	switch (condition.row) {
		case "any":
			return true;
		case "absent":
			return row === undefined;
		case "present":
			return row?.columns[condition.column] === condition.equals;
	}
}

/** Tablestore orders text by its UTF-8 bytes. */
function compare(left: Key, right: Key): number {
	for (let index = 0; index < left.length; index++) {
		const order = Buffer.compare(Buffer.from(left[index] ?? ""), Buffer.from(right[index] ?? ""));
		if (order !== 0) return order;
	}
	return 0;
}
