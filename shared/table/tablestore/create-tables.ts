import { SCHEMA, TABLE_NAMES, type TableSchema } from "../schema.ts";
import type { TableName } from "../table.ts";
import type { Connection } from "./connection.ts";
import { otsCode } from "./errors.ts";
import { DefinedColumnType, PrimaryKeyType } from "./sdk.ts";
import { indexesOf, tableOptions } from "./table-definition.ts";
import { updateTable } from "./update-table.ts";

export interface TableReport {
	readonly table: TableName;
	readonly did: "created" | "kept" | "updated";
}

/**
 * Creates what is missing, tables as well as indexes, and sets each table's
 * TTL; safe to repeat, and at the same time as others. @throws TableError
 */
export async function createTables(
	connection: Connection,
	schemas: Readonly<Partial<Record<TableName, TableSchema>>> = SCHEMA,
): Promise<TableReport[]> {
	const { tableNames } = await connection.retry(() =>
		connection.call((client) => client.listTable({})),
	);
	const reports: TableReport[] = [];
	for (const table of TABLE_NAMES) {
		const schema = schemas[table];
		if (!schema) continue;
		const did = tableNames.includes(table)
			? await updateTable(connection, table, schema)
			: await create(connection, table, schema);
		reports.push({ table, did });
	}
	return reports;
}

async function create(
	connection: Connection,
	table: TableName,
	schema: TableSchema,
): Promise<TableReport["did"]> {
	const request = {
		tableMeta: {
			tableName: table,
			primaryKey: schema.key.map((name) => ({ name, type: PrimaryKeyType.STRING })),
			definedColumn: schema.defined.map((name) => ({ name, type: DefinedColumnType.DCT_STRING })),
		},
		tableOptions: tableOptions(schema),
		reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
		indexMetas: indexesOf(schema),
	};
	try {
		await connection.retry(() => connection.call((client) => client.createTable(request)));
		return "created";
	} catch (error) {
		if (otsCode(error) === "OTSObjectAlreadyExist") return "kept";
		throw error;
	}
}
