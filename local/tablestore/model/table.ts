import type { AUTO_INCREMENT } from "../wire/table-messages.ts";

/** Numbers of `PrimaryKeyType`: 1 INTEGER, 2 STRING, 3 BINARY. */
export interface KeyColumnSchema {
	readonly name: string;
	readonly type: 1 | 2 | 3;
	readonly option?: typeof AUTO_INCREMENT | undefined;
}

/** Numbers of `DefinedColumnType`: 1 INTEGER, 2 DOUBLE, 3 BOOLEAN, 4 STRING, 7 BLOB. */
export interface DefinedColumn {
	readonly name: string;
	readonly type: 1 | 2 | 3 | 4 | 7;
}

export interface TableOptions {
	/** -1: never. */
	readonly timeToLiveSeconds: number;
	readonly maxVersions: number;
	readonly maxDeviationSeconds: number;
	readonly allowUpdate: boolean;
	/** Kept and described, without effect. */
	readonly updateFullRow?: boolean | undefined;
}

export interface Index {
	/** Names its rows in the store. */
	readonly id: number;
	readonly name: string;
	/** The columns that were asked for, then what is left of the table's own key. */
	readonly key: readonly KeyColumnSchema[];
	/** How many columns were asked for; of an index of an earlier version it is not known. */
	readonly askedColumns?: number | undefined;
	readonly definedColumns: readonly string[];
	/** A local index is written together with the row, a global one some time later. */
	readonly local: boolean;
}

export interface Table {
	/** Names its rows in the store. */
	readonly id: number;
	readonly name: string;
	readonly key: readonly KeyColumnSchema[];
	readonly definedColumns: readonly DefinedColumn[];
	readonly options: TableOptions;
	readonly reserved: { readonly read: number; readonly write: number };
	/** Seconds since the epoch. */
	readonly throughputSetAt: number;
	readonly indexes: readonly Index[];
}

/** What a read needs to know of a table or of an index, which are read alike. */
export interface Source {
	readonly id: number;
	readonly key: readonly KeyColumnSchema[];
	readonly options: TableOptions;
}

export function autoIncrementColumn(table: Table): number {
	return table.key.findIndex((column) => column.option !== undefined);
}
