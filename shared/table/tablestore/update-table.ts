import type { TableSchema } from "../schema.ts";
import type { TableName } from "../table.ts";
import { addDefinedColumns } from "./add-defined-columns.ts";
import type { Connection } from "./connection.ts";
import { otsCode } from "./errors.ts";
import type { SdkClient } from "./sdk.ts";
import { type IndexMeta, indexesOf, tableOptions } from "./table-definition.ts";

/** What the service says of a table; the SDK's own types leave half of it out. */
interface Description {
	readonly tableMeta: { readonly definedColumn: ReadonlyArray<{ readonly name: string }> };
	readonly tableOptions: { readonly timeToLive: unknown; readonly allowUpdate?: boolean };
	readonly indexMetas: readonly IndexMeta[];
}

/**
 * Brings a table that exists to its schema: its options, then the columns that
 * its indexes need, then the indexes. An index that differs is made anew from
 * the table's rows. Indexes that the schema does not know are left alone.
 */
export async function updateTable(
	connection: Connection,
	table: TableName,
	schema: TableSchema,
): Promise<"kept" | "updated"> {
	const call = <T>(operation: (client: SdkClient) => Promise<T>) =>
		connection.retry(() => connection.call(operation));
	const describe = () =>
		call((client) =>
			client.describeTable({ tableName: table }),
		) as Promise<unknown> as Promise<Description>;
	const found = await describe();
	let did: "kept" | "updated" = "kept";

	const options = tableOptions(schema);
	if (optionsDiffer(found.tableOptions, options)) {
		await call((client) => client.updateTable({ tableName: table, tableOptions: options }));
		did = "updated";
	}
	const missing = missingColumns(found, schema);
	if (missing.length > 0) {
		await call((client) => addDefinedColumns(client, table, missing)).catch(async (error) => {
			// Somebody else at the same work: the code for that is the one for any wrong parameter.
			if (missingColumns(await describe(), schema).length > 0) throw error;
		});
		did = "updated";
	}
	for (const index of indexesOf(schema)) {
		const old = found.indexMetas.find(({ name }) => name === index.name);
		if (old && isLike(old, index)) continue;
		if (old) {
			const drop = { mainTableName: table, indexName: index.name };
			await call((client) => client.dropIndex(drop)).catch(unless("OTSObjectNotExist"));
		}
		await call((client) => client.createIndex(withRows(table, index))).catch(
			unless("OTSObjectAlreadyExist"),
		);
		did = "updated";
	}
	return did;
}

function optionsDiffer(
	found: Description["tableOptions"],
	wanted: ReturnType<typeof tableOptions>,
): boolean {
	if (Number(found.timeToLive) !== wanted.timeToLive) return true;
	return wanted.allowUpdate === false && found.allowUpdate !== false;
}

function missingColumns({ tableMeta }: Description, schema: TableSchema): string[] {
	const known = new Set(tableMeta.definedColumn.map(({ name }) => name));
	return schema.defined.filter((name) => !known.has(name));
}

/** The service may list the rest of the table's key behind the columns that were asked for. */
function isLike(found: IndexMeta, wanted: IndexMeta): boolean {
	return (
		wanted.primaryKey.every((column, position) => found.primaryKey[position] === column) &&
		[...found.definedColumn].sort().join() === [...wanted.definedColumn].sort().join()
	);
}

/** The SDK reads `includeBaseData` beside the index, its types want it inside. */
const withRows = (mainTableName: TableName, indexMeta: IndexMeta) => ({
	mainTableName,
	includeBaseData: true,
	indexMeta: { ...indexMeta, includeBaseData: true },
});

/** Somebody else may be at the same work. */
const unless = (code: string) => (error: unknown) => {
	if (otsCode(error) !== code) throw error;
};
