import { Agent } from "node:http";
import TableStore from "tablestore";
import { INSTANCE } from "./fixtures.ts";

const TIMEOUT_MS = 10_000;

interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string;
}

/** A client of the npm SDK that reports every failure at once: it retries nothing. */
export function sdkClient(
	endpoint: string,
	{ accessKeyId, accessKeySecret, securityToken }: Credentials,
	instancename = INSTANCE,
): TableStore.Client {
	// The SDK's types do not know of `agent`; without one every call opens a connection.
	const httpOptions = {
		timeout: TIMEOUT_MS,
		maxSockets: 50,
		agent: new Agent({ keepAlive: true }),
	};
	return new TableStore.Client({
		accessKeyId,
		secretAccessKey: accessKeySecret,
		...(securityToken ? { stsToken: securityToken } : {}),
		endpoint,
		instancename,
		maxRetries: 0,
		httpOptions,
	});
}

/** An INTEGER: the SDK takes a plain number for a DOUBLE. */
export const integer = (value: number | bigint) => TableStore.Long.fromString(String(value));

/** The OTS code that a call fails with. The SDK has it in the message only, between raw bytes. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
	const error = await call.then(
		() => {
			throw new Error("the call was expected to fail");
		},
		(reason: Error) => reason,
	);
	return /OTS\w+/.exec(error.message)?.[0] ?? error.message;
}

// With their type asserted: as unique symbols they would widen to any symbol in a literal.
export const INF_MIN = TableStore.INF_MIN as TableStore.VirtualData;
export const INF_MAX = TableStore.INF_MAX as TableStore.VirtualData;
export const PK_AUTO_INCR = TableStore.PK_AUTO_INCR as TableStore.VirtualData;

const { RowExistenceExpectation, Condition } = TableStore;

type ColumnCondition = ConstructorParameters<typeof Condition>[1];

export const anyway = (columns: ColumnCondition = null) =>
	new Condition(RowExistenceExpectation.IGNORE, columns);
export const ifExists = (columns: ColumnCondition = null) =>
	new Condition(RowExistenceExpectation.EXPECT_EXIST, columns);
export const ifAbsent = (columns: ColumnCondition = null) =>
	new Condition(RowExistenceExpectation.EXPECT_NOT_EXIST, columns);

/** Attributes as a plain object of the newest versions; integers as bigint. */
export function attributesOf(row: TableStore.Row | undefined): Record<string, unknown> {
	const found: Record<string, unknown> = {};
	for (const { columnName, columnValue } of row?.attributes ?? []) {
		found[columnName] ??= plain(columnValue);
	}
	return found;
}

/** The values of a primary key; integers as bigint. */
export function keyOf(row: { primaryKey: TableStore.PrimaryKeyOutput | null }): unknown[] {
	return (row.primaryKey ?? []).map(({ value }) => plain(value));
}

/** A key that was answered, in the form that a request takes. */
export function asInput(key: TableStore.PrimaryKeyOutput): TableStore.PrimaryKeyInput {
	return key.map(({ name, value }) => ({ [name]: value }));
}

function plain(value: TableStore.CellValue): unknown {
	if (value === null || typeof value !== "object") return value;
	return Buffer.isBuffer(value) ? value : BigInt(String(value));
}
