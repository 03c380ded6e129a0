import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import TableStore from "tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNT } from "../support/tablestore/fixtures.ts";
import { KillableTablestore } from "../support/tablestore/killable.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, INF_MAX, INF_MIN, keyOf, sdkClient } from "../support/tablestore/sdk.ts";

const TABLE = "durable";
const INDEX = "durable_by_state";
const ROUNDS = 4;
const WRITERS = 4;
/** Acknowledgements after which the process is killed, in the middle of what follows. */
const KILL_AFTER = 150;
/** Longer than a round: the index is written by the process that comes after. */
const INDEX_DELAY_MS = 1500;

let dataDir: string;

beforeAll(() => {
	dataDir = mkdtempSync(join(tmpdir(), "tablestore-kill-"));
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Writes until the process is killed. @returns the ids that were acknowledged. */
async function writeAndKill(server: KillableTablestore, round: number): Promise<string[]> {
	const client = sdkClient(server.url, ACCOUNT.root);
	const acknowledged: string[] = [];
	let killing: Promise<void> | undefined;
	const write = async (ids: readonly string[]): Promise<void> => {
		const rows = ids.map((id) => ({
			type: "PUT" as const,
			condition: anyway(),
			primaryKey: [{ id }],
			attributeColumns: [{ state: "sent" }],
		}));
		await client.batchWriteRow({ tables: [{ tableName: TABLE, rows }] });
		acknowledged.push(...ids);
		if (acknowledged.length >= KILL_AFTER) killing ??= server.kill();
	};
	await Promise.all(
		Array.from({ length: WRITERS }, async (_, writer) => {
			for (let n = 0; ; n++) {
				// Half of the writers send single rows, half batches.
				const ids = Array.from({ length: writer % 2 === 0 ? 1 : 7 }, (__, row) =>
					[round, writer, n, row].join("-"),
				);
				const alive = await write(ids).then(
					() => true,
					() => false,
				);
				if (!alive) return;
			}
		}),
	);
	await killing;
	return acknowledged;
}

async function everything(client: TableStore.Client, tableName: string): Promise<unknown[][]> {
	const found: unknown[][] = [];
	const columns = tableName === INDEX ? ["state", "id"] : ["id"];
	let start: TableStore.PrimaryKeyInput | undefined = columns.map((name) => ({ [name]: INF_MIN }));
	while (start) {
		const page: TableStore.GetRangeResult = await client.getRange({
			tableName,
			direction: TableStore.Direction.FORWARD,
			inclusiveStartPrimaryKey: start,
			exclusiveEndPrimaryKey: columns.map((name) => ({ [name]: INF_MAX })),
		});
		found.push(...page.rows.map(keyOf));
		start = page.nextStartPrimaryKey?.map(({ name, value }) => ({ [name]: value }));
	}
	return found;
}

test("no acknowledged row is lost by kill -9, and indexes catch up", async () => {
	let server = await KillableTablestore.start(dataDir, INDEX_DELAY_MS);
	await sdkClient(server.url, ACCOUNT.root).createTable(
		tableOf(TABLE, [["id", "STRING"]], {
			definedColumns: [["state", "DCT_STRING"]],
			indexes: [{ name: INDEX, primaryKey: ["state"], definedColumn: [] }],
		}),
	);
	const acknowledged: string[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		acknowledged.push(...(await writeAndKill(server, round)));
		server = await KillableTablestore.start(dataDir, INDEX_DELAY_MS);
	}
	const client = sdkClient(server.url, ACCOUNT.root);
	const stored = await everything(client, TABLE);
	const ids = new Set(stored.map(([id]) => id));
	expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * KILL_AFTER);
	expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
	const expected = stored.map(([id]) => ["sent", id]);
	await expect.poll(() => everything(client, INDEX), { timeout: 10_000 }).toEqual(expected);
	await server.kill();
});
