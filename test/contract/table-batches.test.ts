import { afterEach, beforeEach, expect, it } from "vitest";
import type { SdkClient } from "../../shared/table/tablestore/sdk.ts";
import { openLocalTable } from "../support/table/tablestore.ts";

const ANY = { row: "any" } as const;
const row = (id: string, n = 1n) => ({ key: ["device", id], columns: { n } });
const names = (count: number) => Array.from({ length: count }, (_, n) => `row-${n}`);

let local: Awaited<ReturnType<typeof openLocalTable>>;
/** Rows of each request for several of them, by operation. */
let requests: Array<{ readonly operation: string; readonly rows: number }>;
/** Rows that the service refuses once for lack of capacity. */
let refused: Set<string>;

beforeEach(async () => {
	local = await openLocalTable();
	requests = [];
	refused = new Set();
	const { connection } = local;
	const call = connection.call.bind(connection);
	connection.call = (operation) => call((client) => operation(watched(client)));
});
afterEach(() => local.close());

type WriteRequest = Parameters<SdkClient["batchWriteRow"]>[0];

function watched(client: SdkClient): SdkClient {
	const note = (operation: string, rows: number) => requests.push({ operation, rows });
	const spy = Object.create(client) as SdkClient;
	spy.putRow = (request) => {
		note("PutRow", 1);
		return client.putRow(request);
	};
	spy.batchGetRow = (request) => {
		note("BatchGetRow", request.tables[0]?.primaryKey.length ?? 0);
		return client.batchGetRow(request);
	};
	spy.getRow = (request) => {
		note("GetRow", 1);
		return client.getRow(request);
	};
	spy.batchWriteRow = async (request) => {
		const [table] = request.tables;
		if (!table) throw new Error("no table");
		note("BatchWriteRow", table.rows.length);
		const isRefused = table.rows.map((change) => refused.delete(idOf(change)));
		const taken = { ...table, rows: table.rows.filter((_, n) => !isRefused[n]) };
		const answer = await client.batchWriteRow({ tables: [taken] });
		const answers = [...answer.tables];
		for (const [position, is] of isRefused.entries()) {
			if (is) answers.splice(position, 0, { ...REFUSAL } as (typeof answers)[number]);
		}
		return { ...answer, tables: answers };
	};
	return spy;
}

const REFUSAL = { isOk: false, errorCode: "OTSNotEnoughCapacityUnit", errorMessage: "too much" };

function idOf(change: WriteRequest["tables"][number]["rows"][number]): string {
	const id = change.primaryKey.find((part) => "id" in part) as { id: string };
	return id.id;
}

it("sends many at once in full requests, and one alone by itself", async () => {
	await Promise.all(names(450).map((name) => local.table.put("commands", row(name), ANY)));
	expect(requests.map(({ rows }) => rows)).toEqual([200, 200, 50]);
	requests = [];
	await Promise.all(names(250).map((name) => local.table.get("commands", ["device", name])));
	expect(requests.map(({ rows }) => rows)).toEqual([100, 100, 50]);
	requests = [];
	await local.table.put("commands", row("alone"), ANY);
	await local.table.get("commands", ["device", "alone"]);
	expect(requests.map(({ operation }) => operation)).toEqual(["PutRow", "GetRow"]);
});

it("asks once for a row that many want at the same time", async () => {
	await local.table.put("commands", row("hot", 7n), ANY);
	requests = [];
	const want = () => local.table.get("commands", ["device", "hot"]);
	const rows = await Promise.all(Array.from({ length: 300 }, want));
	expect(rows.every((one) => one?.columns["n"] === 7n)).toBe(true);
	expect(requests).toEqual([{ operation: "GetRow", rows: 1 }]);
});

it("gives a reader what was written before it asked, also while another's question is on its way", async () => {
	await local.table.put("commands", row("a", 0n), ANY);
	for (let n = 1n; n < 50n; n++) {
		const early = local.table.get("commands", ["device", "a"]);
		await new Promise((resolve) => setImmediate(resolve));
		await local.table.put("commands", row("a", n), ANY);
		expect((await local.table.get("commands", ["device", "a"]))?.columns["n"]).toBe(n);
		await early;
	}
});

it("repeats the rows that were refused, and no others", async () => {
	refused = new Set(["row-1", "row-3"]);
	const puts = names(5).map((name) => local.table.put("commands", row(name), ANY));
	expect(await Promise.all(puts)).toEqual([true, true, true, true, true]);
	const [first, ...rest] = requests.map(({ rows }) => rows);
	expect(first).toBe(5);
	expect(rest.reduce((sum, rows) => sum + rows, 0)).toBe(2);
	for (const name of names(5)) {
		expect(await local.table.get("commands", ["device", name])).toBeDefined();
	}
});

it("keeps the order of what is written to one row, also where a request is slow", async () => {
	let first = true;
	local.service.injectFaults((operation) => {
		if (operation !== "PutRow" || !first) return undefined;
		first = false;
		return { kind: "stall", ms: 60 };
	});
	const early = local.table.put("commands", row("a", 1n), ANY);
	await new Promise((resolve) => setImmediate(resolve));
	const late = local.table.put("commands", row("a", 2n), ANY);
	expect(await Promise.all([early, late])).toEqual([true, true]);
	expect((await local.table.get("commands", ["device", "a"]))?.columns["n"]).toBe(2n);
});
