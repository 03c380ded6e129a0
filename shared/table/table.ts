import type { IndexName, TableName } from "./schema.ts";

export type { IndexName, TableName };

/*
 * The port to the table store: ordered rows, conditional writes, strong reads.
 * Its contract suite is `test/contract/table-port*.test.ts`.
 */

/** One text for each primary key column, at most 1 KB each. */
export type Key = readonly string[];
export type Value = string | bigint | boolean;
export type Columns = Readonly<Record<string, Value>>;

export interface Row {
	readonly key: Key;
	readonly columns: Columns;
}

export type Condition =
	| { readonly row: "any" }
	| { readonly row: "absent" }
	/** The row exists and its column has this value. */
	| { readonly row: "present"; readonly column: string; readonly equals: Value };

/** To remove a row that must be absent would mean nothing. */
export type RemoveCondition = Exclude<Condition, { readonly row: "absent" }>;

export interface Range {
	/** Values of the leading key columns that all rows share. */
	readonly prefix: Key;
	/** Only rows whose key column after the prefix is this or greater, in the order of UTF-8 bytes. */
	readonly from?: string;
	/** Only rows whose key column after the prefix is smaller. */
	readonly before?: string;
	/** Continues behind this row of an earlier answer. */
	readonly after?: Key;
	readonly direction: "forward" | "backward";
	readonly limit: number;
}

export interface Table {
	get(table: TableName, key: Key): Promise<Row | undefined>;
	/** Replaces the whole row. @returns false if the condition does not hold. */
	put(table: TableName, row: Row, condition: Condition): Promise<boolean>;
	/**
	 * Removes the row if it is there.
	 * @returns false if the condition does not hold, in which case nothing is removed.
	 */
	remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean>;
	/**
	 * Up to `limit` rows; fewer only where the range ends. Rows of an index carry
	 * the columns that the index includes, and no others.
	 */
	range(table: TableName | IndexName, range: Range): Promise<Row[]>;
}

interface TableErrorOptions {
	readonly retryable: boolean;
	readonly applied: "no" | "maybe";
	readonly retryAfterSeconds?: number;
	readonly cause?: unknown;
}

/**
 * The table store did not do what was asked, for a reason other than a
 * condition. `applied` tells what is known of a write: "no", or "maybe" where
 * the answer was lost.
 */
export class TableError extends Error {
	override readonly name = "TableError";
	readonly code: string;
	readonly retryable: boolean;
	readonly applied: "no" | "maybe";
	/** When asking again makes sense, where that is known. */
	readonly retryAfterSeconds?: number;

	constructor(code: string, message: string, options: TableErrorOptions) {
		super(message.startsWith(code) ? message : `${code}: ${message}`, { cause: options.cause });
		this.code = code;
		this.retryable = options.retryable;
		this.applied = options.applied;
		if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
	}
}

/** Whether what failed may succeed later without anybody's doing: the table store, or what a failure of it caused. */
export function mayPass(error: unknown): boolean {
	if (error instanceof TableError) return error.retryable;
	return error instanceof Error && mayPass(error.cause);
}
