import type { IndexName, TableName } from "./table.ts";

const DAY_SECONDS = 86_400;

export interface TableSchema {
	/** Names of the primary key columns, all of them strings; the first is the partition key. */
	readonly key: readonly string[];
	/** Attribute columns that an index needs, all of them strings. */
	readonly defined: readonly string[];
	readonly indexes: Readonly<Partial<Record<IndexName, readonly string[]>>>;
	/** −1 or at least one day (Tablestore, "Limits on the Wide Column model"). */
	readonly ttlSeconds: number;
}

/**
 * Partition keys begin with a hash, so that neither one busy device's
 * neighbours nor the passing of time makes a partition hot.
 *
 * Tables with an index and a TTL must be written by whole rows only
 * (`allowUpdate: false`; Tablestore, "Secondary index: limits"), as the port does.
 */
export const SCHEMA: Readonly<Record<TableName, TableSchema>> = {
	commands: {
		key: ["hash", "id"],
		defined: ["shard", "age", "device", "state_shard", "group", "due"],
		indexes: {
			commands_by_age: ["shard", "age"],
			commands_by_device: ["device", "age"],
			commands_by_state: ["state_shard", "age"],
			/** Of a schedule, or of a job. */
			commands_by_group: ["group", "age"],
			commands_due: ["shard", "due"],
		},
		ttlSeconds: 90 * DAY_SECONDS,
	},
	idempotency: { key: ["key"], defined: [], indexes: {}, ttlSeconds: 2 * DAY_SECONDS },
	parked: { key: ["device", "id"], defined: [], indexes: {}, ttlSeconds: 31 * DAY_SECONDS },
	replies: {
		key: ["hash", "message", "device"],
		defined: [],
		indexes: {},
		ttlSeconds: 7 * DAY_SECONDS,
	},
	/** Lasts seconds; a day is the shortest that Tablestore keeps rows. */
	quota: { key: ["part", "id"], defined: [], indexes: {}, ttlSeconds: DAY_SECONDS },
	dead_letters: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: 30 * DAY_SECONDS },
	schedules: {
		key: ["shard", "id"],
		defined: ["due"],
		indexes: { schedules_due: ["shard", "due"] },
		ttlSeconds: -1,
	},
	reactions: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: -1 },
	reaction_state: {
		key: ["device", "item"],
		defined: [],
		indexes: {},
		ttlSeconds: 30 * DAY_SECONDS,
	},
};

export const TABLE_NAMES = Object.keys(SCHEMA) as TableName[];

/** Key columns of a table, or of an index: its own first, then those of the table that it leaves out. */
export function keyColumns(name: TableName | IndexName): readonly string[] {
	for (const table of TABLE_NAMES) {
		const schema = SCHEMA[table];
		if (table === name) return schema.key;
		const index = schema.indexes[name as IndexName];
		if (index) return [...index, ...schema.key.filter((column) => !index.includes(column))];
	}
	throw new Error(`no table or index named ${name}`);
}
