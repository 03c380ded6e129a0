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
	/** Rows of every table and index by the first part of their key, then by the key of the table's row. */
	readonly #views = new Map<string, Map<string, Map<string, Row>>>();

	async get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#rows(table).get(JSON.stringify(key));
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(row.key);
		if (!holds(condition, rows.get(id))) return false;
		this.#forget(table, id, rows.get(id));
		rows.set(id, row);
		for (const [name, view] of viewsOf(table, row)) this.#partition(name, view.key).set(id, view);
		return true;
	}

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(key);
		if (!holds(condition, rows.get(id))) return false;
		this.#forget(table, id, rows.get(id));
		rows.delete(id);
		return true;
	}

	async range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		const sign = range.direction === "forward" ? 1 : -1;
		const { prefix, from, before, after } = range;
		const next = (key: Key) => key[prefix.length] ?? "";
		return [...this.#partition(name, prefix).values()]
			.filter(({ key }) => prefix.every((value, index) => key[index] === value))
			.filter(({ key }) => from === undefined || compareText(next(key), from) >= 0)
			.filter(({ key }) => before === undefined || compareText(next(key), before) < 0)
			.filter(({ key }) => !after || compare(key, after) * sign > 0)
			.sort((left, right) => compare(left.key, right.key) * sign)
			.slice(0, range.limit);
	}

	/** All rows, for assertions. */
	all(table: TableName): Row[] {
		return [...this.#rows(table).values()];
	}

	#forget(table: TableName, id: string, row: Row | undefined): void {
		if (!row) return;
		for (const [name, view] of viewsOf(table, row)) this.#partition(name, view.key).delete(id);
	}

	#partition(name: TableName | IndexName, [first = ""]: Key): Map<string, Row> {
		const partitions = this.#views.get(name) ?? new Map<string, Map<string, Row>>();
		this.#views.set(name, partitions);
		const rows = partitions.get(first) ?? new Map<string, Row>();
		partitions.set(first, rows);
		return rows;
	}

	#rows(table: TableName): Map<string, Row> {
		const rows = this.#tables.get(table);
		if (!rows) throw new Error(`no table ${table}`);
		return rows;
	}
}

/** The row as its table holds it, and as each index does whose columns it has. */
function viewsOf(table: TableName, row: Row): [TableName | IndexName, Row][] {
	const { key, indexes } = SCHEMA[table];
	const views: [TableName | IndexName, Row][] = [[table, row]];
	const all: Columns = { ...row.columns, ...named(key, row.key) };
	for (const [name, index] of Object.entries(indexes)) {
		const columns = keyColumns(name as IndexName);
		const indexKey = columns.flatMap((column) => all[column] ?? []).map(String);
		// An index is sparse: a row that lacks one of its columns is not in it.
		if (indexKey.length < columns.length) continue;
		views.push([name as IndexName, { key: indexKey, columns: pick(row.columns, index.includes) }]);
	}
	return views;
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

function compare(left: Key, right: Key): number {
	for (let index = 0; index < left.length; index++) {
		const order = compareText(left[index] ?? "", right[index] ?? "");
		if (order !== 0) return order;
	}
	return 0;
}

/** Tablestore orders text by its UTF-8 bytes, which is the order of code points. */
function compareText(left: string, right: string): number {
	const length = Math.min(left.length, right.length);
	for (let index = 0; index < length; index++) {
		const order = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
		if (order !== 0) return order;
	}
	return left.length - right.length;
}

/** Halves of code points above U+FFFF come behind all others. */
function rank(unit: number): number {
	if (unit < 0xd800) return unit;
	return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
