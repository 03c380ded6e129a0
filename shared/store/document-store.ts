import { isId } from "../ids.ts";
import type { Stored } from "../stored.ts";
import type { Columns, Key, Row, Table, TableName } from "../table/table.ts";
import type * as z from "../zod.ts";
import { allShards, shardOf } from "./shard.ts";

/** What tells one kind of document from the others. */
export interface Kind<T> {
	readonly table: TableName;
	/** Checked whenever a row is read. */
	readonly schema: z.ZodMiniType<T>;
	/** The first part of a row's key; one of a few shards where it is not given. */
	readonly partition?: (id: string) => string;
	/** Columns beside the document, for the table's indexes. */
	readonly columns?: (document: T, version: bigint) => Columns;
}

/** A row that is not a document of its kind: damaged, or written by a newer version. */
export class DamagedRow extends Error {
	override readonly name = "DamagedRow";
	readonly id: string;
	constructor(table: TableName, id: string, what: string) {
		super(`the row ${id} of table ${table} is not readable: ${what}`);
		this.id = id;
	}
}

/** A document in a list: one that cannot be read is a value of its own, and does not take the others with it. */
export type Listed<T> = Stored<T> | DamagedRow;

/** What is read, with damage as a value. */
export const orDamaged = <T>(reading: Promise<T>): Promise<T | DamagedRow> =>
	reading.catch((error: unknown) => {
		if (error instanceof DamagedRow) return error;
		throw error;
	});

export const idOf = <T extends { readonly id: string }>(one: Listed<T>): string =>
	one instanceof DamagedRow ? one.id : one.document.id;

/**
 * Documents of one kind, each one row that is replaced whole, and only in the
 * version that was read.
 *
 * @example
 * const stored = await schedules.get(id);
 * if (stored) await schedules.replace(stored, { ...stored.document, name: "new" });
 */
export class DocumentStore<T extends { readonly id: string }> {
	readonly #table: Table;
	readonly #kind: Kind<T>;

	constructor(table: Table, kind: Kind<T>) {
		this.#table = table;
		this.#kind = kind;
	}

	/** @returns undefined for an id that is not known, or not the form of one. @throws DamagedRow */
	async get(id: string): Promise<Stored<T> | undefined> {
		if (!isId(id)) return undefined;
		const row = await this.#table.get(this.#kind.table, this.#key(id));
		return row && this.fromRow(row);
	}

	/** For whoever must not fail because of another's damage. @returns undefined for what is damaged, too. */
	async getReadable(id: string): Promise<Stored<T> | undefined> {
		const found = await orDamaged(this.get(id));
		return found instanceof DamagedRow ? undefined : found;
	}

	/** @returns undefined if a document of that id exists already. */
	async create(document: T): Promise<Stored<T> | undefined> {
		const stored = { document, version: 1n };
		const created = await this.#table.put(this.#kind.table, this.#toRow(stored), { row: "absent" });
		return created ? stored : undefined;
	}

	/** @returns undefined if the document was changed or removed meanwhile: then nothing is written. */
	async replace(read: Stored<T>, document: T): Promise<Stored<T> | undefined> {
		const stored = { document, version: read.version + 1n };
		const row = this.#toRow(stored);
		return (await this.#table.put(this.#kind.table, row, sameVersion(read))) ? stored : undefined;
	}

	/** @returns false if the document was changed or removed meanwhile: then nothing is removed. */
	remove(read: Stored<T>): Promise<boolean> {
		return this.#table.remove(this.#kind.table, this.#key(read.document.id), sameVersion(read));
	}

	/** Removes a document that cannot be read. */
	discard({ id }: DamagedRow): Promise<boolean> {
		return this.#table.remove(this.#kind.table, this.#key(id), { row: "any" });
	}

	/** Newest first, where ids begin with their time. */
	async list(limit: number, olderThan?: string): Promise<Listed<T>[]> {
		const pages = await Promise.all(
			allShards().map((shard) =>
				this.#table.range(this.#kind.table, {
					prefix: [shard],
					...(olderThan ? { before: olderThan } : {}),
					direction: "backward",
					limit,
				}),
			),
		);
		const rows = pages.flat().sort((a, b) => ((a.key[1] ?? "") < (b.key[1] ?? "") ? 1 : -1));
		return rows.slice(0, limit).map((row) => this.#listed(row));
	}

	/** All of them, shard by shard. Damaged rows are left out. */
	async *all(pageSize = 500): AsyncGenerator<Stored<T>[], void, undefined> {
		for (const shard of allShards()) {
			let after: readonly string[] | undefined;
			for (;;) {
				const rows: Row[] = await this.#table.range(this.#kind.table, {
					prefix: [shard],
					...(after ? { after } : {}),
					direction: "forward",
					limit: pageSize,
				});
				yield rows
					.map((row) => this.#listed(row))
					.filter((one): one is Stored<T> => !(one instanceof DamagedRow));
				if (rows.length < pageSize) break;
				after = rows.at(-1)?.key;
			}
		}
	}

	/** @throws DamagedRow */
	fromRow({ key, columns }: Row): Stored<T> {
		const { table, schema } = this.#kind;
		const id = key[1] ?? "";
		const { version, document } = columns;
		if (typeof version !== "bigint" || typeof document !== "string") {
			throw new DamagedRow(table, id, "it has no version or no document");
		}
		const value = parsed(document);
		if (value === undefined) throw new DamagedRow(table, id, "its document is not JSON");
		const checked = schema.safeParse(value);
		if (!checked.success) {
			const [issue] = checked.error.issues;
			throw new DamagedRow(table, id, `${issue?.path.join("/")}: ${issue?.message}`);
		}
		// The value itself, not the parsed one: fields of a newer version are kept.
		return { document: value as T, version };
	}

	#listed(row: Row): Listed<T> {
		try {
			return this.fromRow(row);
		} catch (error) {
			if (error instanceof DamagedRow) return error;
			throw error;
		}
	}

	#key(id: string): Key {
		return [(this.#kind.partition ?? shardOf)(id), id];
	}

	#toRow({ document, version }: Stored<T>): Row {
		const columns = this.#kind.columns?.(document, version) ?? {};
		return {
			key: this.#key(document.id),
			columns: { ...columns, version, document: JSON.stringify(document) },
		};
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const sameVersion = ({ version }: Stored<unknown>) =>
	({ row: "present", column: "version", equals: version }) as const;
