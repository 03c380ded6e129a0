import type TableStore from "tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import {
	anyway,
	attributesOf,
	failureOf,
	ifAbsent,
	ifExists,
	integer,
} from "../support/tablestore/sdk.ts";

let running: Running;

beforeAll(async () => {
	running = await startLocalTablestore();
	for (const name of ["one", "two"])
		await running.client.createTable(tableOf(name, [["id", "STRING"]]));
});

afterAll(() => running.stop());

type Rows = TableStore.BatchWriteRowParams["tables"][number]["rows"];

const write = (tableName: string, rows: Rows) =>
	running.client.batchWriteRow({ tables: [{ tableName, rows }] });

const put = (id: string, value: string, condition = anyway()): Rows[number] => ({
	type: "PUT",
	condition,
	primaryKey: [{ id }],
	attributeColumns: [{ value }],
});

const remove = (id: string, condition = anyway()): Rows[number] => ({
	type: "DELETE",
	condition,
	primaryKey: [{ id }],
});

const read = async (tableName: string, ids: readonly string[]) => {
	const primaryKey = ids.map((id) => [{ id }]);
	const { tables } = await running.client.batchGetRow({ tables: [{ tableName, primaryKey }] });
	return tables.flat().map((row) => (row.primaryKey ? attributesOf(row) : undefined));
};

test("puts, updates and deletes of two tables in one call", async () => {
	await write("one", [put("kept", "1"), put("deleted", "1"), put("updated", "1")]);
	const { tables } = await running.client.batchWriteRow({
		tables: [
			{
				tableName: "one",
				rows: [
					remove("deleted"),
					{
						type: "UPDATE",
						condition: ifExists(),
						primaryKey: [{ id: "updated" }],
						attributeColumns: [{ PUT: [{ more: integer(2) }] }, { DELETE_ALL: ["value"] }],
					},
				],
			},
			{ tableName: "two", rows: [put("new", "2", ifAbsent())] },
		],
	});
	expect(tables.map((row) => [row.tableName, row.isOk])).toEqual([
		["one", true],
		["one", true],
		["two", true],
	]);
	expect(await read("one", ["kept", "deleted", "updated"])).toEqual([
		{ value: "1" },
		undefined,
		{ more: 2n },
	]);
	expect(await read("two", ["new"])).toEqual([{ value: "2" }]);
});

test("a row that fails does not keep its neighbours from being written", async () => {
	const { tables } = await write("one", [
		put("before", "1"),
		put("failing", "1", ifExists()),
		remove("failing-too", ifExists()),
		put("after", "1"),
	]);
	expect(tables.map((row) => row.isOk)).toEqual([true, false, false, true]);
	expect(tables[1]).toMatchObject({
		errorCode: "OTSConditionCheckFail",
		errorMessage: "Condition check failed.",
	});
	expect(await read("one", ["before", "failing", "after"])).toEqual([
		{ value: "1" },
		undefined,
		{ value: "1" },
	]);
});

test("rows of a table that does not exist fail, those of others do not", async () => {
	const { tables } = await running.client.batchWriteRow({
		tables: [
			{ tableName: "nowhere", rows: [put("a", "1")] },
			{ tableName: "one", rows: [put("beside", "1")] },
		],
	});
	expect(tables.map((row) => row.errorCode)).toEqual(["OTSObjectNotExist", null]);
	const found = await running.client.batchGetRow({
		tables: [
			{ tableName: "nowhere", primaryKey: [[{ id: "a" }]] },
			{ tableName: "one", primaryKey: [[{ id: "beside" }], [{ wrong: "x" }]] },
		],
	});
	expect(found.tables.flat().map((row) => row.errorCode)).toEqual([
		"OTSObjectNotExist",
		null,
		"OTSInvalidPK",
	]);
});

test("200 rows are written, 201 are refused", async () => {
	const rows = (count: number) => Array.from({ length: count }, (_, n) => put(`many-${n}`, `${n}`));
	expect((await write("one", rows(200))).tables.every((row) => row.isOk)).toBe(true);
	expect(await failureOf(write("one", rows(201)))).toBe("OTSParameterInvalid");
});

test("100 rows are read, 101 are refused", async () => {
	const ids = (count: number) => Array.from({ length: count }, (_, n) => `many-${n}`);
	expect(await read("one", ids(100))).toEqual(ids(100).map((_, n) => ({ value: `${n}` })));
	expect(await failureOf(read("one", ids(101)))).toBe("OTSParameterInvalid");
});

test("more than 4 MB are refused", async () => {
	const rows = Array.from({ length: 5 }, (_, n) => put(`large-${n}`, "x".repeat(1024 * 1024)));
	expect(await failureOf(write("one", rows))).toBe("OTSParameterInvalid");
});

test("the same row twice is refused where conditions are set", async () => {
	expect(await failureOf(write("one", [put("twice", "1"), put("twice", "2", ifAbsent())]))).toBe(
		"OTSParameterInvalid",
	);
	const { tables } = await write("one", [put("twice", "1"), put("twice", "2")]);
	expect(tables.map((row) => row.isOk)).toEqual([true, true]);
	expect(await read("one", ["twice"])).toEqual([{ value: "2" }]);
});

test("the same table twice, and a batch of nothing, are refused", async () => {
	const tables = [
		{ tableName: "one", rows: [put("a", "1")] },
		{ tableName: "one", rows: [put("b", "1")] },
	];
	expect(await failureOf(running.client.batchWriteRow({ tables }))).toBe("OTSParameterInvalid");
	expect(await failureOf(write("one", []))).toBe("OTSParameterInvalid");
	expect(await failureOf(read("one", []))).toBe("OTSParameterInvalid");
});
