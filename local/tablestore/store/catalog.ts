import { invalidTableName, tableNotFound } from "../errors.ts";
import { isName } from "../model/name.ts";
import type { Index, Source, Table } from "../model/table.ts";
import type { Store } from "./store.ts";

/** The tables and their indexes, in memory for every request and in the store for good. */
export class Catalog {
	readonly #store: Store;
	readonly #tables = new Map<string, Table>();
	readonly #indexes = new Map<string, { readonly table: string; readonly index: Index }>();

	constructor(store: Store) {
		this.#store = store;
		for (const table of store.loadTables()) this.#remember(table);
	}

	/** Tables and indexes are named in one space and count together. */
	get size(): number {
		return this.#tables.size + this.#indexes.size;
	}

	tables(): Iterable<Table> {
		return this.#tables.values();
	}

	/** Names of tables and of indexes, as ListTable gives them. */
	names(): string[] {
		return [...this.#tables.keys(), ...this.#indexes.keys()].sort();
	}

	has(name: string): boolean {
		return this.#tables.has(name) || this.#indexes.has(name);
	}

	isIndex(name: string): boolean {
		return this.#indexes.has(name);
	}

	/** @throws OtsError (OTSObjectNotExist, OTSParameterInvalid) */
	table(name: string): Table {
		const table = this.#tables.get(name);
		if (!table) throw unknown(name);
		return table;
	}

	index(name: string): Index | undefined {
		return this.#indexes.get(name)?.index;
	}

	/** The table that an index belongs to. */
	tableOfIndex(name: string): Table | undefined {
		const entry = this.#indexes.get(name);
		return entry && this.#tables.get(entry.table);
	}

	/**
	 * What to read under this name, a table or an index.
	 * @throws OtsError (OTSObjectNotExist, OTSParameterInvalid)
	 */
	source(name: string): Source {
		const table = this.#tables.get(name) ?? this.tableOfIndex(name);
		if (!table) throw unknown(name);
		const index = this.#indexes.get(name)?.index;
		return index ? { id: index.id, key: index.key, options: table.options } : table;
	}

	/** An id that neither a table nor an index has. */
	freeId(): number {
		let highest = 0;
		for (const table of this.#tables.values()) {
			highest = Math.max(highest, table.id, ...table.indexes.map((index) => index.id));
		}
		return highest + 1;
	}

	/** Creates the table or puts it in place of its earlier definition. */
	save(table: Table, fill: () => void = () => {}): void {
		this.#store.transaction(() => {
			this.#store.saveTable(table);
			fill();
		});
		this.#forget(table.name);
		this.#remember(table);
	}

	/** Removes the table, its indexes and all rows. */
	delete(table: Table): void {
		this.#store.transaction(() => {
			for (const { id } of [table, ...table.indexes]) this.#store.clear(id);
			this.#store.deleteTable(table.id);
		});
		this.#forget(table.name);
	}

	#remember(table: Table): void {
		this.#tables.set(table.name, table);
		for (const index of table.indexes) {
			this.#indexes.set(index.name, { table: table.name, index });
		}
	}

	#forget(name: string): void {
		for (const index of this.#tables.get(name)?.indexes ?? []) this.#indexes.delete(index.name);
		this.#tables.delete(name);
	}
}

/** What cannot be the name of a table is wrong whether or not there is one. */
function unknown(name: string) {
	return isName(name) ? tableNotFound() : invalidTableName(name);
}
