import { systemClock } from "../../shared/clock.ts";
import { credentialsOf, readConfig, TABLESTORE_SETTINGS } from "../../shared/config.ts";
import { SCHEMA, TABLE_NAMES, type TableSchema } from "../../shared/table/schema.ts";
import { Connection } from "../../shared/table/tablestore/connection.ts";
import { createTables } from "../../shared/table/tablestore/create-tables.ts";
import type { Environment } from "./environment.ts";
import type { Item, Part } from "./part.ts";

const TABLES = "table";

/** The tables of one Tablestore instance. @throws ConfigError that names every variable which is missing. */
export function openTables(environment: Environment): Part {
	// Account and region name nothing here, and only functions are given them.
	const given = { FC_ACCOUNT_ID: "-", FC_REGION: "-", ...environment };
	const settings = readConfig(given, TABLESTORE_SETTINGS);
	const { TABLESTORE_ENDPOINT: endpoint, TABLESTORE_INSTANCE: instance } = settings;
	const connection = new Connection({
		endpoint,
		instance,
		credentials: () => credentialsOf(settings),
		clock: systemClock,
	});
	return {
		part: TABLES,
		plan: () => plan(connection),
		apply: async ({ name }) => {
			const table = TABLE_NAMES.find((known) => known === name);
			if (table) await createTables(connection, { [table]: SCHEMA[table] });
		},
		close: () => connection.close(),
	};
}

/** What the service says of a table; the SDK's own types leave half of it out. */
interface Description {
	readonly tableMeta: { readonly definedColumn: ReadonlyArray<{ readonly name: string }> };
	readonly tableOptions: { readonly timeToLive: unknown };
	readonly indexMetas: ReadonlyArray<{ readonly name: string }>;
}

async function plan(connection: Connection): Promise<Item[]> {
	const { tableNames } = await connection.retry(() =>
		connection.call((client) => client.listTable({})),
	);
	const plans: Item[] = [];
	for (const table of TABLE_NAMES) {
		if (!tableNames.includes(table)) plans.push({ part: TABLES, name: table, plan: "create" });
		else {
			const found = await connection.retry(() =>
				connection.call((client) => client.describeTable({ tableName: table })),
			);
			const kept = isAsWanted(found as unknown as Description, SCHEMA[table]);
			plans.push({ part: TABLES, name: table, plan: kept ? "keep" : "update" });
		}
	}
	return plans;
}

/** By what is cheap to see: its TTL, and the names of its columns and indexes. */
function isAsWanted({ tableMeta, tableOptions, indexMetas }: Description, schema: TableSchema) {
	const columns = tableMeta.definedColumn.map(({ name }) => name);
	const indexes = indexMetas.map(({ name }) => name);
	return (
		Number(tableOptions.timeToLive) === schema.ttlSeconds &&
		schema.defined.every((name) => columns.includes(name)) &&
		Object.keys(schema.indexes).every((name) => indexes.includes(name))
	);
}
