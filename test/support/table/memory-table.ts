import { keyColumns, SCHEMA, TABLE_NAMES } from "../../../shared/table/schema.ts";
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

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(key);
		if (!holds(condition, rows.get(id))) return false;
		rows.delete(id);
		return true;
	}

	async range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		const sign = range.direction === "forward" ? 1 : -1;
		const { prefix, from, before, after } = range;
		const next = (key: Key) => key.slice(prefix.length, prefix.length + 1);
		return this.#view(name)
			.filter(({ key }) => prefix.every((value, index) => key[index] === value))
			.filter(({ key }) => from === undefined || compare(next(key), [from]) >= 0)
			.filter(({ key }) => before === undefined || compare(next(key), [before]) < 0)
			.filter(({ key }) => !after || compare(key, after) * sign > 0)
			.sort((left, right) => compare(left.key, right.key) * sign)
			.slice(0, range.limit);
	}

	/** All rows, for assertions. */
	all(table: TableName): Row[] {
		return [...this.#rows(table).values()];
	}

	#view(name: TableName | IndexName): Row[] {
		for (const table of TABLE_NAMES) {
			const index = SCHEMA[table].indexes[name as IndexName];
			if (!index) continue;
			const columns = keyColumns(name);
			return [...this.#rows(table).values()].flatMap((row) => {
				const all: Columns = { ...row.columns, ...named(SCHEMA[table].key, row.key) };
				const key = columns.flatMap((column) => all[column] ?? []);
				// An index is sparse: a row that lacks one of its columns is not in it.
				if (key.length < columns.length) return [];
				return [{ key: key.map(String), columns: pick(row.columns, index.includes) }];
			});
		}
		return [...this.#rows(name as TableName).values()];
	}

	#rows(table: TableName): Map<string, Row> {
		const rows = this.#tables.get(table);
		if (!rows) throw new Error(`no table ${table}`);
		return rows;
	}
}

const named = (names: readonly string[], values: Key): Columns =>
	Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));

const pick = (columns: Columns, names: readonly string[]): Columns =>
	Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name)));

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
