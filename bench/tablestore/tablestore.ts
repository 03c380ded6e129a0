/**
 * The local Tablestore through the npm SDK from another process: writes per
 * second, reads per second, and whether every acknowledged row is there after
 * kill -9.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import TableStore from "tablestore";
import { ACCOUNT } from "../../local/test/support/tablestore/fixtures.ts";
import { KillableTablestore } from "../../local/test/support/tablestore/killable.ts";
import { integer, sdkClient } from "../../local/test/support/tablestore/sdk.ts";
import type { Report } from "../report.ts";

const WARM_UP_MS = 1000;
const MEASURE_MS = 3000;
const BATCH_ROWS = 200;
const KILL_AFTER_MS = 300;
const ROUNDS = 20;

const TABLE = "bench";
const IGNORE = new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, null);

type Client = TableStore.Client;

const row = (id: string) => ({
	condition: IGNORE,
	primaryKey: [{ id }],
	attributeColumns: [
		{ state: "accepted" },
		{ version: integer(1) },
		{ device: "a1B2c3D4e5F/light-000123" },
		{ args: '{"param1":1,"param2":"two"}' },
	],
});

const single = (client: Client, id: string) => client.putRow({ tableName: TABLE, ...row(id) });

const batch = (client: Client, prefix: string) =>
	client.batchWriteRow({
		tables: [
			{
				tableName: TABLE,
				rows: Array.from({ length: BATCH_ROWS }, (_, index) => ({
					type: "PUT" as const,
					...row(`${prefix}-${String(index).padStart(3, "0")}`),
				})),
			},
		],
	});

async function createTable(client: Client): Promise<void> {
	await client.createTable({
		tableMeta: { tableName: TABLE, primaryKey: [{ name: "id", type: "STRING" }] },
		reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
		tableOptions: { timeToLive: -1, maxVersions: 1 },
	});
}

/** Repeats `call` one after the other, first until both processes are warm. @returns calls a second. */
async function rate(call: (n: number) => Promise<unknown>): Promise<number> {
	let calls = 0;
	const repeat = async (durationMs: number) => {
		const start = performance.now();
		const before = calls;
		while (performance.now() - start < durationMs) await call(calls++);
		return ((calls - before) * 1000) / (performance.now() - start);
	};
	await repeat(WARM_UP_MS);
	return repeat(MEASURE_MS);
}

async function measure(client: Client): Promise<string[][]> {
	const puts = await rate((n) => single(client, `single-${n}`));
	const batches = await rate((n) => batch(client, `batch-${n}`));
	const gets = await rate((n) =>
		client.getRow({ tableName: TABLE, primaryKey: [{ id: `single-${n % 1000}` }] }),
	);
	const ranges = await rate(() =>
		client.getRange({
			tableName: TABLE,
			direction: TableStore.Direction.FORWARD,
			inclusiveStartPrimaryKey: [{ id: "batch-" }],
			exclusiveEndPrimaryKey: [{ id: TableStore.INF_MAX }],
			limit: 1000,
		}),
	);
	return [
		["PutRow, one after the other", whole(puts), "3000"],
		[`BatchWriteRow of ${BATCH_ROWS}`, whole(batches * BATCH_ROWS), "40000"],
		["GetRow, one after the other", whole(gets), ""],
		["GetRange of 1000", whole(ranges * 1000), ""],
	];
}

const whole = (value: number) => String(Math.round(value));

/** Writes until the process is killed. @returns the ids that were acknowledged. */
async function writeUntilKilled(server: KillableTablestore, round: number): Promise<string[]> {
	const client = sdkClient(server.url, ACCOUNT.root);
	const acknowledged: string[] = [];
	let killed = false;
	const writers = Array.from({ length: 4 }, async (_, writer) => {
		for (let n = 0; !killed; n++) {
			const id = `kill-${round}-${writer}-${n}`;
			await single(client, id).then(
				() => acknowledged.push(id),
				() => {
					killed = true;
				},
			);
		}
	});
	await new Promise((resolve) => setTimeout(resolve, KILL_AFTER_MS));
	killed = true;
	await server.kill();
	await Promise.all(writers);
	return acknowledged;
}

async function missing(client: Client, ids: readonly string[]): Promise<number> {
	let lost = 0;
	for (let start = 0; start < ids.length; start += 100) {
		const primaryKey = ids.slice(start, start + 100).map((id) => [{ id }]);
		const { tables } = await client.batchGetRow({ tables: [{ tableName: TABLE, primaryKey }] });
		for (const found of tables.flat()) if (!found.primaryKey) lost++;
	}
	return lost;
}

export async function tablestore(): Promise<Report> {
	const dataDir = mkdtempSync(join(tmpdir(), "tablestore-bench-"));
	try {
		let server = await KillableTablestore.start(dataDir);
		const client = sdkClient(server.url, ACCOUNT.root);
		await createTable(client);
		const rows = await measure(client);
		let acknowledged = 0;
		let lost = 0;
		for (let round = 0; round < ROUNDS; round++) {
			const ids = await writeUntilKilled(server, round);
			server = await KillableTablestore.start(dataDir);
			acknowledged += ids.length;
			lost += await missing(sdkClient(server.url, ACCOUNT.root), ids);
		}
		await server.kill();
		return {
			title: "Local Tablestore through the npm SDK, from another process",
			columns: ["", "rows/s", "wanted"],
			rows: [
				...rows,
				[
					`lost of ${acknowledged} rows acknowledged in ${ROUNDS} rounds of kill -9`,
					String(lost),
					"0",
				],
			],
		};
	} finally {
		rmSync(dataDir, { recursive: true, force: true });
	}
}
