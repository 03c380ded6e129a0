import { SCHEMA, TABLE_NAMES, type TableSchema } from "../schema.ts";
import type { TableName } from "../table.ts";
import type { Connection } from "./connection.ts";
import { otsCode } from "./errors.ts";
import { DefinedColumnType, PrimaryKeyType, type SdkClient } from "./sdk.ts";

export interface TableReport {
	readonly table: TableName;
	readonly did: "created" | "kept" | "updated";
}

const ONE_VERSION = 1;

/** Creates what is missing and sets each table's TTL; safe to repeat, and at the same time as others. @throws TableError */
export async function createTables(connection: Connection): Promise<TableReport[]> {
	const { tableNames } = await connection.retry(() =>
		connection.call((client) => client.listTable({})),
	);
	const reports: TableReport[] = [];
	for (const table of TABLE_NAMES) {
		const did = tableNames.includes(table)
			? await update(connection, table)
			: await create(connection, table);
		reports.push({ table, did });
	}
	return reports;
}

async function create(connection: Connection, table: TableName): Promise<TableReport["did"]> {
	const schema = SCHEMA[table];
	const request = {
		tableMeta: {
			tableName: table,
			primaryKey: schema.key.map((name) => ({ name, type: PrimaryKeyType.STRING })),
			definedColumn: schema.defined.map((name) => ({ name, type: DefinedColumnType.DCT_STRING })),
		},
		tableOptions: tableOptions(schema),
		reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
		indexMetas: Object.entries(schema.indexes).map(([name, primaryKey]) => ({
			name,
			primaryKey: [...primaryKey],
			definedColumn: [],
		})),
	};
	try {
		await connection.retry(() => connection.call((client) => client.createTable(request)));
		return "created";
	} catch (error) {
		if (otsCode(error) === "OTSObjectAlreadyExist") return "kept";
		throw error;
	}
}

async function update(connection: Connection, table: TableName): Promise<TableReport["did"]> {
	const wanted = tableOptions(SCHEMA[table]);
	const standing = await connection.retry(() =>
		connection.call((client) => client.describeTable({ tableName: table })),
	);
	if (Number(standing.tableOptions.timeToLive) === wanted.timeToLive) return "kept";
	const request = { tableName: table, tableOptions: wanted };
	await connection.retry(() => connection.call((client) => client.updateTable(request)));
	return "updated";
}

/** A table with an index and a TTL must not be updated column by column ("Secondary index: limits"). */
function tableOptions(
	schema: TableSchema,
): Parameters<SdkClient["createTable"]>[0]["tableOptions"] & { allowUpdate?: boolean } {
	const onlyWholeRows = schema.ttlSeconds > 0 && Object.keys(schema.indexes).length > 0;
	return {
		timeToLive: schema.ttlSeconds,
		maxVersions: ONE_VERSION,
		...(onlyWholeRows ? { allowUpdate: false } : {}),
	};
}
