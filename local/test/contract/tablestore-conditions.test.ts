import TableStore from "tablestore";
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

const TABLE = "conditions";
const { ComparatorType, CompositeCondition, LogicalOperator, SingleColumnCondition } = TableStore;
let running: Running;

beforeAll(async () => {
	running = await startLocalTablestore();
	await running.client.createTable(tableOf(TABLE, [["id", "STRING"]]));
});

afterAll(() => running.stop());

const put = (
	id: string,
	condition: TableStore.Condition,
	attributeColumns: TableStore.AttributesInput = [{ version: integer(1) }, { state: "sent" }],
) => running.client.putRow({ tableName: TABLE, primaryKey: [{ id }], condition, attributeColumns });

const failsIf = (call: Promise<unknown>) =>
	call.then(
		() => false,
		(error: Error) => {
			expect(error.message).toContain("OTSConditionCheckFail");
			return true;
		},
	);

test("EXPECT_NOT_EXIST lets one of many writers through", async () => {
	const writers = Array.from({ length: 20 }, (_, n) =>
		failsIf(put("once", ifAbsent(), [{ writer: integer(n) }])),
	);
	expect((await Promise.all(writers)).filter((failed) => !failed)).toHaveLength(1);
});

test("a compare-and-set on a version loses no step", async () => {
	await put("steps", ifAbsent(), [{ version: integer(0) }]);
	const step = async (): Promise<void> => {
		const { row } = await running.client.getRow({
			tableName: TABLE,
			primaryKey: [{ id: "steps" }],
		});
		const version = attributesOf(row)["version"] as bigint;
		const unchanged = new SingleColumnCondition("version", integer(version), ComparatorType.EQUAL);
		const lost = await failsIf(
			put("steps", ifExists(unchanged), [{ version: integer(version + 1n) }]),
		);
		if (lost) await step();
	};
	await Promise.all(Array.from({ length: 12 }, step));
	const { row } = await running.client.getRow({ tableName: TABLE, primaryKey: [{ id: "steps" }] });
	expect(attributesOf(row)).toEqual({ version: 12n });
});

test("EXPECT_EXIST on a row that is not there fails, whatever the columns", async () => {
	expect(await failureOf(put("absent", ifExists()))).toBe("OTSConditionCheckFail");
});

const { EQUAL, NOT_EQUAL, GREATER_THAN, GREATER_EQUAL, LESS_THAN, LESS_EQUAL } = ComparatorType;

test.each([
	["equal", EQUAL, [false, true, false]],
	["not equal", NOT_EQUAL, [true, false, true]],
	["greater", GREATER_THAN, [false, false, true]],
	["greater or equal", GREATER_EQUAL, [false, true, true]],
	["less", LESS_THAN, [true, false, false]],
	["less or equal", LESS_EQUAL, [true, true, false]],
] as const)("%s, on 1, 2 and 3 against 2", async (_, comparator, expected) => {
	const passed: boolean[] = [];
	for (const version of [1, 2, 3]) {
		await put("compared", anyway(), [{ version: integer(version) }]);
		const condition = new SingleColumnCondition("version", integer(2), comparator);
		passed.push(!(await failsIf(put("compared", ifExists(condition)))));
	}
	expect(passed).toEqual(expected);
});

test("a missing column passes or fails as the condition says", async () => {
	await put("sparse", anyway());
	const missing = (passIfMissing: boolean) =>
		new SingleColumnCondition("other", "x", EQUAL, passIfMissing);
	expect(await failsIf(put("sparse", ifExists(missing(true))))).toBe(false);
	expect(await failsIf(put("sparse", ifExists(missing(false))))).toBe(true);
});

test("a value of another type is not equal", async () => {
	await put("typed", anyway(), [{ version: integer(1) }]);
	const asDouble = new SingleColumnCondition("version", 1, EQUAL);
	expect(await failsIf(put("typed", ifExists(asDouble)))).toBe(true);
});

test("AND, OR and NOT nest", async () => {
	const is = (name: string, value: string) => new SingleColumnCondition(name, value, EQUAL, false);
	const both = new CompositeCondition(LogicalOperator.AND);
	both.addSubCondition(is("a", "1"));
	both.addSubCondition(is("b", "1"));
	const neither = new CompositeCondition(LogicalOperator.NOT);
	neither.addSubCondition(is("c", "1"));
	const either = new CompositeCondition(LogicalOperator.OR);
	either.addSubCondition(both);
	either.addSubCondition(neither);
	const passes = async (a: string, b: string, c: string) => {
		await put("nested", anyway(), [{ a }, { b }, { c }]);
		return !(await failsIf(put("nested", ifExists(either))));
	};
	expect(await passes("1", "1", "1")).toBe(true);
	expect(await passes("1", "0", "1")).toBe(false);
	expect(await passes("0", "0", "0")).toBe(true);
});

test("conditions hold for UpdateRow and DeleteRow too", async () => {
	await put("guarded", anyway());
	const wrong = new SingleColumnCondition("state", "failed", EQUAL);
	const key = { tableName: TABLE, primaryKey: [{ id: "guarded" }], condition: ifExists(wrong) };
	const update = running.client.updateRow({
		...key,
		updateOfAttributeColumns: [{ PUT: [{ a: "1" }] }],
	});
	expect(await failureOf(update)).toBe("OTSConditionCheckFail");
	expect(await failureOf(running.client.deleteRow(key))).toBe("OTSConditionCheckFail");
	const { row } = await running.client.getRow({
		tableName: TABLE,
		primaryKey: [{ id: "guarded" }],
	});
	expect(attributesOf(row)).toEqual({ version: 1n, state: "sent" });
});

test("a filter with more than 32 conditions is refused", async () => {
	const many = new CompositeCondition(LogicalOperator.OR);
	for (let n = 0; n < 33; n++) many.addSubCondition(new SingleColumnCondition("a", `${n}`, EQUAL));
	expect(await failureOf(put("many", anyway(many)))).toBe("OTSParameterInvalid");
});

test("GetRow with a filter that does not match answers no row", async () => {
	await put("filtered", anyway());
	const columnFilter = new SingleColumnCondition("state", "failed", EQUAL);
	const { row } = await running.client.getRow({
		tableName: TABLE,
		primaryKey: [{ id: "filtered" }],
		columnFilter,
	});
	expect(row).toEqual({});
});
