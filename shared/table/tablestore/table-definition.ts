import type { TableSchema } from "../schema.ts";
import type { SdkClient } from "./sdk.ts";

const ONE_VERSION = 1;

type TableOptions = Parameters<SdkClient["createTable"]>[0]["tableOptions"] & {
	allowUpdate?: boolean;
};

/** A table with an index and a TTL must not be updated column by column ("Secondary index: limits"). */
export function tableOptions(schema: TableSchema): TableOptions {
	const onlyWholeRows = schema.ttlSeconds > 0 && Object.keys(schema.indexes).length > 0;
	return {
		timeToLive: schema.ttlSeconds,
		maxVersions: ONE_VERSION,
		...(onlyWholeRows ? { allowUpdate: false } : {}),
	};
}

export interface IndexMeta {
	readonly name: string;
	readonly primaryKey: string[];
	readonly definedColumn: string[];
}

export function indexesOf(schema: TableSchema): IndexMeta[] {
	return Object.entries(schema.indexes).map(([name, { key, includes }]) => ({
		name,
		primaryKey: [...key],
		definedColumn: [...includes],
	}));
}
