import protobuf from "protobufjs";
import type TableStore from "tablestore";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { send } from "../support/tablestore/raw-client.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, attributesOf, failureOf } from "../support/tablestore/sdk.ts";

let running: Running;

beforeEach(async () => {
	running = await startLocalTablestore();
});

afterEach(() => running.stop());

const create = (...table: Parameters<typeof tableOf>) =>
	running.client.createTable(tableOf(...table));

const put = (tableName: string, id: string) =>
	running.client.putRow({
		tableName,
		primaryKey: [{ id }],
		condition: anyway(),
		attributeColumns: [{ a: "1" }],
	});

test("a table is described as it was created", async () => {
	await create(
		"whole",
		[
			["device", "STRING"],
			["n", "INTEGER"],
			["raw", "BINARY"],
			["auto", "AUTO_INCREMENT"],
		],
		{
			timeToLive: 86_400,
			maxVersions: 1,
			allowUpdate: false,
			definedColumns: [
				["state", "DCT_STRING"],
				["score", "DCT_DOUBLE"],
			],
			indexes: [{ name: "by_state", primaryKey: ["state"], definedColumn: ["score"] }],
		},
	);
	const described = await running.client.describeTable({ tableName: "whole" });
	expect(JSON.parse(JSON.stringify(described))).toMatchObject({
		tableMeta: {
			tableName: "whole",
			primaryKey: [
				{ name: "device", type: "STRING" },
				{ name: "n", type: "INTEGER" },
				{ name: "raw", type: "BINARY" },
				{ name: "auto", type: "INTEGER", option: "AUTO_INCREMENT" },
			],
			definedColumn: [
				{ name: "state", type: "DCT_STRING" },
				{ name: "score", type: "DCT_DOUBLE" },
			],
		},
		tableOptions: { timeToLive: 86_400, maxVersions: 1, allowUpdate: false },
		tableStatus: "ACTIVE",
		indexMetas: [
			{
				name: "by_state",
				primaryKey: ["state"],
				definedColumn: ["score"],
				indexType: "IT_GLOBAL_INDEX",
			},
		],
	});
});

test("tables are listed, and gone once they are deleted", async () => {
	await create("b", [["id", "STRING"]]);
	await create("a", [["id", "STRING"]]);
	expect((await running.client.listTable({})).tableNames).toEqual(["a", "b"]);
	await put("a", "x");
	await running.client.deleteTable({ tableName: "a" });
	expect((await running.client.listTable({})).tableNames).toEqual(["b"]);
	expect(await failureOf(running.client.deleteTable({ tableName: "a" }))).toBe("OTSObjectNotExist");
});

test("a table created anew under an old name is empty", async () => {
	await create("again", [["id", "STRING"]]);
	await put("again", "x");
	await running.client.deleteTable({ tableName: "again" });
	await create("again", [["id", "STRING"]]);
	const { row } = await running.client.getRow({ tableName: "again", primaryKey: [{ id: "x" }] });
	expect(row).toEqual({});
});

test("UpdateTable changes what it names and leaves the rest", async () => {
	await create("changed", [["id", "STRING"]], { maxVersions: 2 });
	await running.client.updateTable({
		tableName: "changed",
		tableOptions: { timeToLive: 100_000, maxVersions: 5 },
	});
	const { tableOptions } = await running.client.describeTable({ tableName: "changed" });
	expect(tableOptions).toMatchObject({ timeToLive: 100_000, maxVersions: 5, allowUpdate: true });
	const wrong = { timeToLive: 60, maxVersions: 1 };
	expect(
		await failureOf(running.client.updateTable({ tableName: "changed", tableOptions: wrong })),
	).toBe("OTSParameterInvalid");
});

test("tables and rows are there after a restart", async () => {
	await create("kept", [["id", "STRING"]]);
	await put("kept", "x");
	running = await running.restart();
	expect((await running.client.listTable({})).tableNames).toEqual(["kept"]);
	const { row } = await running.client.getRow({ tableName: "kept", primaryKey: [{ id: "x" }] });
	expect(attributesOf(row)).toEqual({ a: "1" });
});

test("a name is taken once", async () => {
	await create("taken", [["id", "STRING"]]);
	expect(await failureOf(create("taken", [["id", "STRING"]]))).toBe("OTSObjectAlreadyExist");
});

test("an instance has 64 tables", async () => {
	for (let n = 0; n < 64; n++) await create(`t${n}`, [["id", "STRING"]]);
	expect(await failureOf(create("t64", [["id", "STRING"]]))).toBe("OTSQuotaExhausted");
});

const KEY = [["id", "STRING"]] as const;
const tooLong = "x".repeat(256);

test.each<[string, Parameters<typeof tableOf>]>([
	["a name with a dash", ["a-b", KEY]],
	["a name that starts with a digit", ["1a", KEY]],
	["a name over 255 bytes", [tooLong, KEY]],
	["five key columns", ["t", ["a", "b", "c", "d", "e"].map((name) => [name, "STRING"] as const)]],
	["the same key column twice", ["t", [...KEY, ...KEY]]],
	["auto-increment first", ["t", [["n", "AUTO_INCREMENT"]]]],
	["two auto-increments", ["t", [...KEY, ["m", "AUTO_INCREMENT"], ["n", "AUTO_INCREMENT"]]]],
	["a life of a minute", ["t", KEY, { timeToLive: 60 }]],
	["no versions", ["t", KEY, { maxVersions: 0 }]],
	["a defined column named as the key", ["t", KEY, { definedColumns: [["id", "DCT_STRING"]] }]],
	[
		"an index of a column that is not defined",
		["t", KEY, { indexes: [{ name: "i", primaryKey: ["nothing"], definedColumn: [] }] }],
	],
	[
		"an index of a double",
		[
			"t",
			KEY,
			{
				definedColumns: [["d", "DCT_DOUBLE"]],
				indexes: [{ name: "i", primaryKey: ["d"], definedColumn: [] }],
			},
		],
	],
	[
		"an index with a life that allows updates",
		[
			"t",
			KEY,
			{
				timeToLive: 86_400,
				definedColumns: [["s", "DCT_STRING"]],
				indexes: [{ name: "i", primaryKey: ["s"], definedColumn: [] }],
			},
		],
	],
	[
		"an index over several versions",
		[
			"t",
			KEY,
			{
				maxVersions: 2,
				definedColumns: [["s", "DCT_STRING"]],
				indexes: [{ name: "i", primaryKey: ["s"], definedColumn: [] }],
			},
		],
	],
])("%s is refused", async (_, table) => {
	expect(await failureOf(create(...table))).toBe("OTSParameterInvalid");
	expect((await running.client.listTable({})).tableNames).toEqual([]);
});

test("a table has at most five indexes", async () => {
	const indexes: TableStore.IndexMeta[] = Array.from({ length: 6 }, (_, n) => ({
		name: `i${n}`,
		primaryKey: ["s"],
		definedColumn: [],
	}));
	const definedColumns = [["s", "DCT_STRING"]] as const;
	expect(await failureOf(create("t", KEY, { definedColumns, indexes }))).toBe("OTSQuotaExhausted");
	await create("t", KEY, { definedColumns, indexes: indexes.slice(0, 5) });
	expect((await running.client.listTable({})).tableNames).toHaveLength(6);
});

test("defined columns are added and removed, unless an index has them", async () => {
	await create("t", KEY);
	const { url } = running.service;
	// The npm SDK does not have these operations: table_name = 1, columns = 2 {name = 1, type = 2}.
	const writer = () => protobuf.Writer.create().uint32(10).string("t");
	const call = async (operation: string, body: protobuf.Writer) =>
		(await send(url, { operation, body: Buffer.from(body.finish()) })).status;
	const column = writer().uint32(18).fork().uint32(10).string("s").uint32(16).int32(4).ldelim();
	expect(await call("AddDefinedColumn", column)).toBe(200);
	expect(await call("AddDefinedColumn", column)).toBe(400);
	await running.client.createIndex({
		mainTableName: "t",
		indexMeta: { name: "i", primaryKey: ["s"], definedColumn: [], includeBaseData: false },
	});
	const removal = writer().uint32(18).string("s");
	expect(await call("DeleteDefinedColumn", removal)).toBe(400);
	await running.client.dropIndex({ mainTableName: "t", indexName: "i" });
	expect(await call("DeleteDefinedColumn", removal)).toBe(200);
	const { tableMeta } = await running.client.describeTable({ tableName: "t" });
	expect(tableMeta.definedColumn).toEqual([]);
});
