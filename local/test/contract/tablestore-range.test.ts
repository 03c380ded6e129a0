import TableStore from "tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import {
	anyway,
	asInput,
	attributesOf,
	failureOf,
	INF_MAX,
	INF_MIN,
	integer,
	keyOf,
} from "../support/tablestore/sdk.ts";

const TABLE = "commands";
const { FORWARD, BACKWARD } = TableStore.Direction;
const DEVICES = ["a", "b", "c"];
const NUMBERS = [-300, -2, -1, 0, 1, 2, 300];

let running: Running;

beforeAll(async () => {
	running = await startLocalTablestore();
	await running.client.createTable(
		tableOf(TABLE, [
			["device", "STRING"],
			["n", "INTEGER"],
		]),
	);
	const rows = DEVICES.flatMap((device) =>
		NUMBERS.map((n) => ({
			type: "PUT" as const,
			condition: anyway(),
			primaryKey: [{ device }, { n: integer(n) }],
			attributeColumns: [
				{ even: n % 2 === 0 },
				{ text: `${device}${n}` },
				...(n > 0 ? [{ positive: integer(n) }] : []),
			],
		})),
	);
	await running.client.batchWriteRow({ tables: [{ tableName: TABLE, rows }] });
});

afterAll(() => running.stop());

type Range = Partial<TableStore.GetRangeParams>;

const range = (more: Range = {}) => {
	const backward = more.direction === BACKWARD;
	const least: TableStore.PrimaryKeyInput = [{ device: INF_MIN }, { n: INF_MIN }];
	const most: TableStore.PrimaryKeyInput = [{ device: INF_MAX }, { n: INF_MAX }];
	return running.client.getRange({
		tableName: TABLE,
		direction: FORWARD,
		inclusiveStartPrimaryKey: backward ? most : least,
		exclusiveEndPrimaryKey: backward ? least : most,
		...more,
	});
};

const all = DEVICES.flatMap((device) => NUMBERS.map((n) => [device, BigInt(n)]));
const of = (device: string) => all.filter(([name]) => name === device);

test("a whole table comes in the order of its keys, negative numbers first", async () => {
	const { rows, nextStartPrimaryKey } = await range();
	expect(rows.map(keyOf)).toEqual(all);
	expect(nextStartPrimaryKey).toBeNull();
});

test("and backward in the opposite order", async () => {
	const { rows } = await range({ direction: BACKWARD });
	expect(rows.map(keyOf)).toEqual([...all].reverse());
});

test("INF_MIN and INF_MAX in a later column bound one first column", async () => {
	const forward = await range({
		inclusiveStartPrimaryKey: [{ device: "b" }, { n: INF_MIN }],
		exclusiveEndPrimaryKey: [{ device: "b" }, { n: INF_MAX }],
	});
	expect(forward.rows.map(keyOf)).toEqual(of("b"));
	const backward = await range({
		direction: BACKWARD,
		inclusiveStartPrimaryKey: [{ device: "b" }, { n: INF_MAX }],
		exclusiveEndPrimaryKey: [{ device: "b" }, { n: INF_MIN }],
	});
	expect(backward.rows.map(keyOf)).toEqual(of("b").reverse());
});

test("the start is part of the range, the end is not", async () => {
	const { rows } = await range({
		inclusiveStartPrimaryKey: [{ device: "a" }, { n: integer(-2) }],
		exclusiveEndPrimaryKey: [{ device: "a" }, { n: integer(2) }],
	});
	expect(rows.map((row) => keyOf(row)[1])).toEqual([-2n, -1n, 0n, 1n]);
	const backward = await range({
		direction: BACKWARD,
		inclusiveStartPrimaryKey: [{ device: "a" }, { n: integer(2) }],
		exclusiveEndPrimaryKey: [{ device: "a" }, { n: integer(-2) }],
	});
	expect(backward.rows.map((row) => keyOf(row)[1])).toEqual([2n, 1n, 0n, -1n]);
});

test.each([FORWARD, BACKWARD])("pages of a limit follow one another, %s", async (direction) => {
	const seen: unknown[][] = [];
	let start: TableStore.PrimaryKeyInput | undefined;
	let pages = 0;
	do {
		const page: TableStore.GetRangeResult = await range({
			direction,
			limit: 4,
			...(start ? { inclusiveStartPrimaryKey: start } : {}),
		});
		expect(page.rows.length).toBeLessThanOrEqual(4);
		seen.push(...page.rows.map(keyOf));
		start = page.nextStartPrimaryKey ? asInput(page.nextStartPrimaryKey) : undefined;
		pages++;
	} while (start);
	expect(pages).toBe(6);
	expect(seen).toEqual(direction === FORWARD ? all : [...all].reverse());
});

test("the limit counts the rows that match, and there is no next page behind the last", async () => {
	const even = new TableStore.SingleColumnCondition("even", true, TableStore.ComparatorType.EQUAL);
	const { rows, nextStartPrimaryKey } = await range({ columnFilter: even, limit: 3 });
	expect(rows.map(keyOf)).toEqual([
		["a", -300n],
		["a", -2n],
		["a", 0n],
	]);
	expect(keyOf({ primaryKey: nextStartPrimaryKey ?? null })).toEqual(["a", 1n]);
	const rest = await range({ columnFilter: even });
	expect(rest.rows).toHaveLength(15);
	expect(rest.nextStartPrimaryKey).toBeNull();
});

test("columnsToGet leaves out rows that have none of the columns", async () => {
	const { rows } = await range({ columnsToGet: ["positive"] });
	expect(rows).toHaveLength(9);
	expect(rows.map(attributesOf)[0]).toEqual({ positive: 1n });
});

test("a filter sees only the columns that are read", async () => {
	const columnFilter = new TableStore.SingleColumnCondition(
		"positive",
		integer(1),
		TableStore.ComparatorType.EQUAL,
		false,
	);
	const blind = await range({ columnsToGet: ["text"], columnFilter });
	expect(blind.rows).toEqual([]);
	const seeing = await range({ columnsToGet: ["text", "positive"], columnFilter });
	expect(seeing.rows.map((row) => attributesOf(row)["text"])).toEqual(["a1", "b1", "c1"]);
});

test("a column pagination filter cuts the columns of every row", async () => {
	const columnFilter = new TableStore.ColumnPaginationFilter(1, 1);
	const { rows } = await range({ columnFilter, limit: 2 });
	expect(rows.map(({ attributes }) => attributes?.map(({ columnName }) => columnName))).toEqual([
		["text"],
		["text"],
	]);
});

test("an empty range answers no rows", async () => {
	const { rows, nextStartPrimaryKey } = await range({
		inclusiveStartPrimaryKey: [{ device: "x" }, { n: INF_MIN }],
		exclusiveEndPrimaryKey: [{ device: "y" }, { n: INF_MIN }],
	});
	expect(rows).toEqual([]);
	expect(nextStartPrimaryKey).toBeNull();
});

test("a range that runs against its direction, or nowhere, is refused", async () => {
	const least: TableStore.PrimaryKeyInput = [{ device: "a" }, { n: INF_MIN }];
	const most: TableStore.PrimaryKeyInput = [{ device: "a" }, { n: INF_MAX }];
	for (const [direction, inclusiveStartPrimaryKey, exclusiveEndPrimaryKey] of [
		[FORWARD, most, least],
		[BACKWARD, least, most],
		[FORWARD, least, least],
	] as const) {
		const call = range({
			direction,
			inclusiveStartPrimaryKey: [...inclusiveStartPrimaryKey],
			exclusiveEndPrimaryKey: [...exclusiveEndPrimaryKey],
		});
		expect(await failureOf(call)).toBe("OTSParameterInvalid");
	}
});

test("a page ends after 5000 rows, and one of large rows after 4 MB", async () => {
	const { client } = running;
	await client.createTable(tableOf("many", [["id", "STRING"]]));
	for (let batch = 0; batch < 26; batch++) {
		const rows = Array.from({ length: 200 }, (_, index) => ({
			type: "PUT" as const,
			condition: anyway(),
			primaryKey: [{ id: String(batch * 200 + index).padStart(5, "0") }],
			attributeColumns: [],
		}));
		await client.batchWriteRow({ tables: [{ tableName: "many", rows }] });
	}
	await client.createTable(tableOf("large", [["id", "STRING"]]));
	for (let index = 0; index < 10; index++) {
		await client.putRow({
			tableName: "large",
			primaryKey: [{ id: String(index) }],
			condition: anyway(),
			attributeColumns: [{ a: "x".repeat(1024 * 1024) }],
		});
	}
	const page = (tableName: string, more: Range = {}) =>
		range({
			tableName,
			inclusiveStartPrimaryKey: [{ id: INF_MIN }],
			exclusiveEndPrimaryKey: [{ id: INF_MAX }],
			...more,
		});
	const many = await page("many");
	expect(many.rows).toHaveLength(5000);
	expect(keyOf({ primaryKey: many.nextStartPrimaryKey ?? null })).toEqual(["05000"]);
	const nothing = new TableStore.SingleColumnCondition(
		"none",
		"x",
		TableStore.ComparatorType.EQUAL,
		false,
	);
	const unmatched = await page("many", { columnFilter: nothing });
	expect(unmatched.rows).toEqual([]);
	expect(keyOf({ primaryKey: unmatched.nextStartPrimaryKey ?? null })).toEqual(["05000"]);
	const large = await page("large", { columnsToGet: ["id"] });
	expect(large.rows.map(keyOf)).toEqual([["0"], ["1"], ["2"], ["3"]]);
	expect(keyOf({ primaryKey: large.nextStartPrimaryKey ?? null })).toEqual(["4"]);
});
