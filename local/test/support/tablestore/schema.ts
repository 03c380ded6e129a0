import TableStore from "tablestore";

type Key = readonly (readonly [string, "STRING" | "INTEGER" | "BINARY" | "AUTO_INCREMENT"])[];

interface Settings {
	readonly timeToLive?: number;
	readonly maxVersions?: number;
	readonly allowUpdate?: boolean;
	readonly definedColumns?: readonly (readonly [
		string,
		keyof typeof TableStore.DefinedColumnType,
	])[];
	readonly indexes?: readonly TableStore.IndexMeta[];
}

/** Parameters of CreateTable for `createTable` of the SDK. */
export function tableOf(
	tableName: string,
	key: Key,
	settings: Settings = {},
): TableStore.CreateTableParams {
	const { timeToLive = -1, maxVersions = 1, allowUpdate, definedColumns = [] } = settings;
	// The SDK's types do not know of `allowUpdate`.
	const tableOptions = {
		timeToLive,
		maxVersions,
		...(allowUpdate === undefined ? {} : { allowUpdate }),
	};
	return {
		tableMeta: {
			tableName,
			primaryKey: key.map(([name, type]) =>
				type === "AUTO_INCREMENT"
					? { name, type: TableStore.PrimaryKeyType.INTEGER, option: "AUTO_INCREMENT" as const }
					: { name, type },
			),
			// Unlike those of key columns, the SDK sends names of these types as 0.
			definedColumn: definedColumns.map(([name, type]) => ({
				name,
				type: TableStore.DefinedColumnType[type],
			})),
		},
		reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
		tableOptions,
		...(settings.indexes ? { indexMetas: [...settings.indexes] } : {}),
	};
}
