const DAY_SECONDS = 86_400;

interface IndexSchema {
	/** Columns of the table's key or of `defined`. A row that lacks one of them is not in the index. */
	readonly key: readonly string[];
	/** Columns of `defined` that rows of the index carry, so that a list need not read each row to choose. */
	readonly includes: readonly string[];
}

export interface TableSchema {
	/** Names of the primary key columns, all of them strings; the first is the partition key. */
	readonly key: readonly string[];
	/** Attribute columns that an index needs, all of them strings. */
	readonly defined: readonly string[];
	readonly indexes: Readonly<Record<string, IndexSchema>>;
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
const TABLES = {
	commands: {
		key: ["hash", "id"],
		defined: ["shard", "age", "device", "state_shard", "group", "wave", "due", "changed"],
		indexes: {
			commands_by_age: { key: ["shard", "age"], includes: [] },
			commands_by_device: { key: ["device", "age"], includes: [] },
			commands_by_state: { key: ["state_shard", "age"], includes: [] },
			/** Of a schedule, or of a job. */
			commands_by_group: { key: ["group", "age"], includes: ["state_shard", "wave"] },
			/** Five indexes are all that a table may have: this one says what is due and what has changed. */
			commands_due: { key: ["shard", "due"], includes: ["changed"] },
		},
		ttlSeconds: 90 * DAY_SECONDS,
	},
	idempotency: { key: ["key"], defined: [], indexes: {}, ttlSeconds: 2 * DAY_SECONDS },
	parked: { key: ["device", "id"], defined: [], indexes: {}, ttlSeconds: 31 * DAY_SECONDS },
	replies: {
		key: ["hash", "message", "device"],
		defined: ["kept"],
		indexes: {
			/** Only of replies that no command awaited when they came. */
			replies_by_device: { key: ["device", "kept"], includes: [] },
		},
		ttlSeconds: 7 * DAY_SECONDS,
	},
	/** Lasts seconds; a day is the shortest that Tablestore keeps rows. */
	quota: { key: ["part", "id"], defined: [], indexes: {}, ttlSeconds: DAY_SECONDS },
	dead_letters: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: 30 * DAY_SECONDS },
	schedules: {
		key: ["shard", "id"],
		defined: ["due"],
		indexes: { schedules_due: { key: ["shard", "due"], includes: [] } },
		ttlSeconds: -1,
	},
	reactions: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: -1 },
	operations: {
		key: ["shard", "id"],
		defined: ["due"],
		indexes: { operations_due: { key: ["shard", "due"], includes: [] } },
		ttlSeconds: 90 * DAY_SECONDS,
	},
	reaction_state: {
		key: ["device", "item"],
		defined: [],
		indexes: {},
		ttlSeconds: 30 * DAY_SECONDS,
	},
	/** As long as its commands: each change of a job begins that time anew. */
	jobs: {
		key: ["shard", "id"],
		defined: ["due"],
		indexes: { jobs_due: { key: ["shard", "due"], includes: [] } },
		ttlSeconds: 90 * DAY_SECONDS,
	},
	/** Written once: longer than any job with its commands. */
	job_targets: { key: ["hash", "id"], defined: [], indexes: {}, ttlSeconds: 365 * DAY_SECONDS },
	devices: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: -1 },
	keys: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: -1 },
	audit: { key: ["shard", "id"], defined: [], indexes: {}, ttlSeconds: 90 * DAY_SECONDS },
} as const satisfies Readonly<Record<string, TableSchema>>;

type Tables = typeof TABLES;
export type TableName = keyof Tables;
/** Global secondary indexes lag behind their table: read the row again before acting on one. */
export type IndexName = { [T in TableName]: keyof Tables[T]["indexes"] }[TableName];

export const SCHEMA: Readonly<Record<TableName, TableSchema>> = TABLES;
export const TABLE_NAMES = Object.keys(SCHEMA) as TableName[];

/** Key columns of each table, and of each index: its own first, then those of the table that it leaves out. */
const KEY_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
	TABLE_NAMES.flatMap((table) => {
		const { key, indexes } = SCHEMA[table];
		const ofIndexes = Object.entries(indexes).map(([name, index]) => {
			const rest = key.filter((column) => !index.key.includes(column));
			return [name, [...index.key, ...rest]] as const;
		});
		return [[table, key] as const, ...ofIndexes];
	}),
);

export function keyColumns(name: TableName | IndexName): readonly string[] {
	const columns = KEY_COLUMNS.get(name);
	if (!columns) throw new Error(`no table or index named ${name}`);
	return columns;
}
