import { systemClock } from "../../shared/clock.ts";
import { credentialsOf, readConfig, TABLESTORE_SETTINGS } from "../../shared/config.ts";
import { SCHEMA, TABLE_NAMES, type TableSchema } from "../../shared/table/schema.ts";
import type { TableName } from "../../shared/table/table.ts";
import { Connection } from "../../shared/table/tablestore/connection.ts";
import { createTables, type TableReport } from "../../shared/table/tablestore/create-tables.ts";
import type { Environment } from "./environment.ts";

interface TablePlan {
	readonly table: TableName;
	/** What `createTables` will do. */
	readonly plan: "create" | "keep" | "update";
}

/** The tables of one Tablestore instance. */
export interface Tables {
	/** `instance at endpoint` */
	readonly where: string;
	/** Reads only. @throws TableError */
	plan(): Promise<TablePlan[]>;
	/** The same as `npm run tables`. @throws TableError */
	create(): Promise<TableReport[]>;
	close(): void;
}

/** @throws ConfigError that names every variable which is missing. */
export function openTables(environment: Environment): Tables {
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
		where: `${instance} at ${endpoint}`,
		plan: () => plan(connection),
		create: () => createTables(connection),
		close: () => connection.close(),
	};
}

/** What the service says of a table; the SDK's own types leave half of it out. */
interface Description {
	readonly tableMeta: { readonly definedColumn: ReadonlyArray<{ readonly name: string }> };
	readonly tableOptions: { readonly timeToLive: unknown };
	readonly indexMetas: ReadonlyArray<{ readonly name: string }>;
}

async function plan(connection: Connection): Promise<TablePlan[]> {
	const { tableNames } = await connection.retry(() =>
		connection.call((client) => client.listTable({})),
	);
	const plans: TablePlan[] = [];
	for (const table of TABLE_NAMES) {
		if (!tableNames.includes(table)) plans.push({ table, plan: "create" });
		else {
			const found = await connection.retry(() =>
				connection.call((client) => client.describeTable({ tableName: table })),
			);
			const kept = isAsWanted(found as unknown as Description, SCHEMA[table]);
			plans.push({ table, plan: kept ? "keep" : "update" });
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
