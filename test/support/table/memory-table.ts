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

/** Rows that share the first part of their key, in order. */
class Partition {
	/** By the key of the table's row. */
	readonly #rows = new Map<string, Row>();
	/** Sorted when they are next read. */
	#sorted: Row[] | undefined;

	set(id: string, row: Row): void {
		const old = this.#rows.get(id);
		this.#rows.set(id, row);
		const sorted = this.#sorted;
		const place = old && sorted ? this.#place(old.key) : undefined;
		if (sorted && place !== undefined && sorted[place] === old) sorted[place] = row;
		else this.#sorted = undefined;
	}

	delete(id: string): void {
		if (this.#rows.delete(id)) this.#sorted = undefined;
	}

	/** The place of the first row whose key is this or greater. */
	#place(key: Key): number {
		const rows = this.sorted();
		let [low, high] = [0, rows.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (compare(rows[middle]?.key ?? [], key) < 0) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	sorted(): Row[] {
		this.#sorted ??= [...this.#rows.values()].sort((left, right) => compare(left.key, right.key));
		return this.#sorted;
	}

	/** Rows from `low` (included) to `high`. */
	between(low: Key | undefined, high: Key | undefined): Row[] {
		return this.sorted().slice(
			low ? this.#place(low) : 0,
			high ? this.#place(high) : this.sorted().length,
		);
	}
}

/** The table port in memory. It passes the same contract suite as the Tablestore adapter. */
export class MemoryTable implements Table {
	readonly #tables = new Map<TableName, Map<string, Row>>(
		TABLE_NAMES.map((name) => [name, new Map()]),
	);
	/** Of every table and index, by the first part of their key. */
	readonly #views = new Map<string, Map<string, Partition>>();

	async get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#rows(table).get(JSON.stringify(key));
	}

	async put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(row.key);
		const old = rows.get(id);
		if (!holds(condition, old)) return false;
		rows.set(id, row);
		const views = viewsOf(table, row);
		for (const [name, view] of old ? viewsOf(table, old) : []) {
			const stays = views.some(
				([other, { key }]) => other === name && compare(key, view.key) === 0,
			);
			if (!stays) this.#partition(name, view.key).delete(id);
		}
		for (const [name, view] of views) this.#partition(name, view.key).set(id, view);
		return true;
	}

	async remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const rows = this.#rows(table);
		const id = JSON.stringify(key);
		const old = rows.get(id);
		if (!holds(condition, old)) return false;
		for (const [name, view] of old ? viewsOf(table, old) : []) {
			this.#partition(name, view.key).delete(id);
		}
		rows.delete(id);
		return true;
	}

	async range(name: TableName | IndexName, range: Range): Promise<Row[]> {
		const { prefix, from, before, after, direction } = range;
		const forward = direction === "forward";
		const next = (key: Key) => key[prefix.length] ?? "";
		const low = forward && after ? after : from === undefined ? prefix : [...prefix, from];
		const high = before === undefined ? undefined : [...prefix, before];
		const rows = this.#partition(name, prefix)
			.between(low, !forward && after ? after : high)
			.filter(({ key }) => prefix.every((value, index) => key[index] === value))
			.filter(({ key }) => before === undefined || compareText(next(key), before) < 0)
			.filter(({ key }) => from === undefined || compareText(next(key), from) >= 0)
			.filter(({ key }) => !after || compare(key, after) * (forward ? 1 : -1) > 0);
		return forward ? rows.slice(0, range.limit) : rows.reverse().slice(0, range.limit);
	}

	/** All rows, for assertions. */
	all(table: TableName): Row[] {
		return [...this.#rows(table).values()];
	}

	#partition(name: TableName | IndexName, [first = ""]: Key): Partition {
		const partitions = this.#views.get(name) ?? new Map<string, Partition>();
		this.#views.set(name, partitions);
		const rows = partitions.get(first) ?? new Partition();
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
	for (let index = 0; index < Math.min(left.length, right.length); index++) {
		const order = compareText(left[index] ?? "", right[index] ?? "");
		if (order !== 0) return order;
	}
	// A beginning of a key comes before all keys that it begins.
	return left.length - right.length;
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
