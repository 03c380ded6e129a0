import TableStore from "tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import {
	anyway,
	attributesOf,
	failureOf,
	INF_MAX,
	ifAbsent,
	ifExists,
	integer,
	keyOf,
	PK_AUTO_INCR,
} from "../support/tablestore/sdk.ts";

const TABLE = "rows";
let running: Running;

beforeAll(async () => {
	running = await startLocalTablestore();
	await running.client.createTable(tableOf(TABLE, [["id", "STRING"]]));
	await running.client.createTable(
		tableOf("mixed", [
			["text", "STRING"],
			["number", "INTEGER"],
			["bytes", "BINARY"],
		]),
	);
	await running.client.createTable(tableOf("versioned", [["id", "STRING"]], { maxVersions: 3 }));
	await running.client.createTable(
		tableOf("counted", [
			["id", "STRING"],
			["n", "AUTO_INCREMENT"],
		]),
	);
});

afterAll(() => running.stop());

const put = (
	id: string,
	attributeColumns: TableStore.AttributesInput,
	condition: TableStore.Condition = anyway(),
) => running.client.putRow({ tableName: TABLE, primaryKey: [{ id }], condition, attributeColumns });

const get = (id: string, more: TableStore.FilterParams = {}) =>
	running.client.getRow({ tableName: TABLE, primaryKey: [{ id }], ...more });

const update = (
	id: string,
	updateOfAttributeColumns: TableStore.UpdateRowParams["updateOfAttributeColumns"],
	returnContent?: TableStore.ReturnContent,
) =>
	running.client.updateRow({
		tableName: TABLE,
		primaryKey: [{ id }],
		condition: anyway(),
		updateOfAttributeColumns,
		...(returnContent ? { returnContent } : {}),
	});

test("a row comes back with every type of value, columns in the order of their names", async () => {
	await put("types", [
		{ text: "žluťoučký kůň 🐎" },
		{ empty: "" },
		{ number: integer(9007199254740993n) },
		{ least: integer(-(2n ** 63n)) },
		{ real: -0.1 },
		{ yes: true },
		{ bytes: Buffer.from([0, 255, 1]) },
	]);
	const { row } = await get("types");
	expect(row?.attributes?.map(({ columnName }) => columnName)).toEqual([
		"bytes",
		"empty",
		"least",
		"number",
		"real",
		"text",
		"yes",
	]);
	expect(attributesOf(row)).toEqual({
		text: "žluťoučký kůň 🐎",
		empty: "",
		number: 9007199254740993n,
		least: -(2n ** 63n),
		real: -0.1,
		yes: true,
		bytes: Buffer.from([0, 255, 1]),
	});
});

test("a key may be of text, integer and binary columns", async () => {
	const primaryKey = [
		{ text: "a\0b" },
		{ number: integer(-(2n ** 63n)) },
		{ bytes: Buffer.from([0, 0, 255]) },
	];
	await running.client.putRow({
		tableName: "mixed",
		primaryKey,
		condition: ifAbsent(),
		attributeColumns: [{ v: "here" }],
	});
	const { row } = await running.client.getRow({ tableName: "mixed", primaryKey });
	expect(keyOf(row ?? { primaryKey: null })).toEqual([
		"a\0b",
		-(2n ** 63n),
		Buffer.from([0, 0, 255]),
	]);
});

test("PutRow replaces the whole row", async () => {
	await put("whole", [{ a: "1" }, { b: "1" }]);
	await put("whole", [{ b: "2" }]);
	expect(attributesOf((await get("whole")).row)).toEqual({ b: "2" });
});

test("a row of a key alone exists", async () => {
	await put("bare", []);
	expect((await get("bare")).row?.primaryKey).toEqual([{ name: "id", value: "bare" }]);
	await expect(failureOf(put("bare", [], ifAbsent()))).resolves.toBe("OTSConditionCheckFail");
});

test("a row that does not exist comes back empty", async () => {
	const { row, consumed } = await get("nobody");
	expect(row).toEqual({});
	expect(consumed.capacityUnit).toMatchObject({ read: 1, write: 0 });
});

test("DeleteRow removes the row, and minds its condition", async () => {
	const remove = (condition: TableStore.Condition) =>
		running.client.deleteRow({ tableName: TABLE, primaryKey: [{ id: "gone" }], condition });
	await put("gone", [{ a: "1" }]);
	await remove(ifExists());
	expect((await get("gone")).row).toEqual({});
	await remove(anyway());
	expect(await failureOf(remove(ifExists()))).toBe("OTSConditionCheckFail");
});

test("UpdateRow puts, deletes and increments, and makes the row if it has to", async () => {
	await update("updated", [{ PUT: [{ a: "1" }, { b: "1" }] }]);
	await update("updated", [
		{ PUT: [{ b: "2" }] },
		{ DELETE_ALL: ["a"] },
		{ INCREMENT: [{ n: integer(5) }] },
	]);
	await update("updated", [{ INCREMENT: [{ n: integer(-8) }] }]);
	expect(attributesOf((await get("updated")).row)).toEqual({ b: "2", n: -3n });
});

test("UpdateRow answers the incremented value when asked to", async () => {
	const after = { returnType: TableStore.ReturnType.AfterModify, returnColumns: ["n"] };
	const { row } = await update("counter", [{ INCREMENT: [{ n: integer(7) }] }], after);
	expect(attributesOf(row)).toEqual({ n: 7n });
	const again = await update(
		"counter",
		[{ INCREMENT: [{ n: integer(2n ** 62n) }] }, { PUT: [{ x: "1" }] }],
		after,
	);
	expect(attributesOf(again.row)).toEqual({ n: 2n ** 62n + 7n });
});

test("INCREMENT of what is no integer fails", async () => {
	await put("word", [{ n: "seven" }]);
	expect(await failureOf(update("word", [{ INCREMENT: [{ n: integer(1) }] }]))).toBe(
		"OTSParameterInvalid",
	);
});

test("deleting columns does not delete the row, nor make one", async () => {
	await put("emptied", [{ a: "1" }]);
	await update("emptied", [{ DELETE_ALL: ["a"] }]);
	expect(keyOf((await get("emptied")).row ?? { primaryKey: null })).toEqual(["emptied"]);
	await update("never", [{ DELETE_ALL: ["a"] }]);
	expect((await get("never")).row).toEqual({});
});

test("versions are kept up to the table's limit, newest first, and deleted one by one", async () => {
	const now = Date.now();
	const tableName = "versioned";
	const primaryKey = [{ id: "v" }];
	for (const age of [4, 3, 2, 1]) {
		await running.client.updateRow({
			tableName,
			primaryKey,
			condition: anyway(),
			updateOfAttributeColumns: [{ PUT: [{ a: `age${age}`, timestamp: now - age }] }],
		});
	}
	const versions = async (more: TableStore.FilterParams) => {
		const { row } = await running.client.getRow({ tableName, primaryKey, ...more });
		return row?.attributes?.map(({ columnValue }) => columnValue);
	};
	expect(await versions({ maxVersions: 10 })).toEqual(["age1", "age2", "age3"]);
	expect(await versions({ maxVersions: 2 })).toEqual(["age1", "age2"]);
	expect(
		await versions({ maxVersions: 5, timeRange: { startTime: now - 3, endTime: now - 1 } }),
	).toEqual(["age2", "age3"]);
	// The SDK always sends a number of versions.
	const specific = versions({ timeRange: { specificTime: now - 2 } });
	expect(await failureOf(specific)).toBe("OTSParameterInvalid");
	await running.client.updateRow({
		tableName,
		primaryKey,
		condition: anyway(),
		updateOfAttributeColumns: [{ DELETE: [{ a: integer(now - 1) }] }],
	});
	expect(await versions({ maxVersions: 10 })).toEqual(["age2", "age3"]);
});

test("a timestamp far from now is refused", async () => {
	const old = Date.now() - 2 * 86_400_000;
	expect(await failureOf(put("old", [{ a: "1", timestamp: old }]))).toBe("OTSParameterInvalid");
});

test("an auto-increment column rises, and its value is answered", async () => {
	const values: bigint[] = [];
	for (let turn = 0; turn < 20; turn++) {
		const { row } = await running.client.putRow({
			tableName: "counted",
			primaryKey: [{ id: "a" }, { n: PK_AUTO_INCR }],
			condition: anyway(),
			attributeColumns: [{ turn: integer(turn) }],
			returnContent: { returnType: TableStore.ReturnType.Primarykey },
		});
		values.push(keyOf(row ?? { primaryKey: null })[1] as bigint);
	}
	expect(values).toEqual([...new Set(values)].sort((a, b) => (a < b ? -1 : 1)));
	const { row } = await running.client.getRow({
		tableName: "counted",
		primaryKey: [{ id: "a" }, { n: integer(values[7] ?? 0n) }],
	});
	expect(attributesOf(row)).toEqual({ turn: 7n });
});

test("an auto-increment column takes no condition, and is no key to read by", async () => {
	const primaryKey: TableStore.PrimaryKeyInput = [{ id: "a" }, { n: PK_AUTO_INCR }];
	const write = running.client.putRow({
		tableName: "counted",
		primaryKey,
		condition: ifAbsent(),
		attributeColumns: [{ a: "1" }],
	});
	expect(await failureOf(write)).toBe("OTSParameterInvalid");
	expect(await failureOf(running.client.getRow({ tableName: "counted", primaryKey }))).toBe(
		"OTSParameterInvalid",
	);
});

test("columnsToGet chooses columns; a row that has none of them does not come back", async () => {
	await put("chosen", [{ a: "1" }, { b: "2" }, { c: "3" }]);
	expect(attributesOf((await get("chosen", { columnsToGet: ["a", "c", "x"] })).row)).toEqual({
		a: "1",
		c: "3",
	});
	expect((await get("chosen", { columnsToGet: ["x"] })).row).toEqual({});
	const byKey = await get("chosen", { columnsToGet: ["id"] });
	expect(keyOf(byKey.row ?? { primaryKey: null })).toEqual(["chosen"]);
	expect(attributesOf((await get("chosen", { startColumn: "b", endColumn: "c" })).row)).toEqual({
		b: "2",
	});
});

test("capacity units count every 4 KB begun", async () => {
	const { consumed } = await put("large", [{ a: "x".repeat(9000) }]);
	expect(consumed.capacityUnit).toMatchObject({ read: 0, write: 3 });
	expect((await get("large")).consumed.capacityUnit).toMatchObject({ read: 3, write: 0 });
	const conditional = await put("large", [{ a: "1" }], ifExists());
	expect(conditional.consumed.capacityUnit).toMatchObject({ read: 1, write: 1 });
});

test.each([
	["a key of another name", [{ other: "x" }], "OTSInvalidPK"],
	["a key of another type", [{ id: integer(1) }], "OTSInvalidPK"],
	["a key with a column too many", [{ id: "x" }, { more: "y" }], "OTSInvalidPK"],
	["a key over 1 KB", [{ id: "x".repeat(1025) }], "OTSParameterInvalid"],
	["a key with INF_MAX", [{ id: INF_MAX }], "OTSParameterInvalid"],
] as const)("%s is refused", async (_, primaryKey, code) => {
	const call = running.client.putRow({
		tableName: TABLE,
		primaryKey: [...primaryKey],
		condition: anyway(),
		attributeColumns: [{ a: "1" }],
	});
	expect(await failureOf(call)).toBe(code);
});

test.each([
	["a column name with a dash", [{ "a-b": "1" }]],
	["a column named as the key", [{ id: "1" }]],
	["a value over 2 MB", [{ a: Buffer.alloc(2 * 1024 * 1024 + 1) }]],
	["a row over 4 MB", ["a", "b", "c"].map((name) => ({ [name]: Buffer.alloc(1.5 * 1024 * 1024) }))],
	["more than 1024 columns", Array.from({ length: 1025 }, (_, n) => ({ [`c${n}`]: "" }))],
	["a double that is no number", [{ a: Number.NaN }]],
])("%s is refused", async (_, attributeColumns) => {
	expect(await failureOf(put("refused", attributeColumns))).toBe("OTSParameterInvalid");
});

test("1024 columns, a value of 2 MB and a key of 1 KB are accepted", async () => {
	await put(
		"k".repeat(1024),
		Array.from({ length: 1024 }, (_, n) => ({ [`c${n}`]: "" })),
	);
	const { consumed } = await put("wide", [{ a: Buffer.alloc(2 * 1024 * 1024, 7) }]);
	expect(consumed.capacityUnit.write).toBe(513);
});

test("a table that does not exist is reported as such", async () => {
	const call = running.client.getRow({ tableName: "nowhere", primaryKey: [{ id: "x" }] });
	expect(await failureOf(call)).toBe("OTSObjectNotExist");
});

test("local transactions are refused", async () => {
	const start = running.client.startLocalTransaction({
		tableName: TABLE,
		primaryKey: [{ id: "x" }],
	});
	expect(await failureOf(start)).toBe("OTSParameterInvalid");
});
