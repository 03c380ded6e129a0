import fc from "fast-check";
import TableStore from "tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	conditions,
	inputCondition,
	inputKey,
	inputRow,
	keys,
	rows,
} from "../support/tablestore/arbitraries.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import {
	compareKeys,
	holds,
	Model,
	type ModelCondition,
	type ModelEntry,
	type ModelKey,
	type ModelRow,
} from "../support/tablestore/model.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { asInput, attributesOf, keyOf } from "../support/tablestore/sdk.ts";

const { Condition, RowExistenceExpectation } = TableStore;

let running: Running;
let tables = 0;

beforeAll(async () => {
	running = await startLocalTablestore();
});

afterAll(() => running.stop());

/** A table of its own for every run of a property. */
async function freshTable(): Promise<string> {
	if (tables > 0) await running.client.deleteTable({ tableName: `t${tables}` });
	const tableName = `t${++tables}`;
	await running.client.createTable(
		tableOf(tableName, [
			["text", "STRING"],
			["number", "INTEGER"],
		]),
	);
	return tableName;
}

type Existence = keyof typeof RowExistenceExpectation;

interface Write {
	readonly kind: "PUT" | "UPDATE" | "DELETE";
	readonly key: ModelKey;
	readonly row: ModelRow;
	readonly existence: Existence;
	readonly condition: ModelCondition | undefined;
}

const writes: fc.Arbitrary<Write> = fc.record({
	kind: fc.constantFrom("PUT" as const, "UPDATE" as const, "DELETE" as const),
	key: keys,
	row: rows.filter((row) => Object.keys(row).length > 0),
	existence: fc.constantFrom<Existence>("IGNORE", "EXPECT_EXIST", "EXPECT_NOT_EXIST"),
	condition: fc.option(conditions, { nil: undefined, freq: 2 }),
});

/** @returns whether the write passes its conditions. */
function writeToModel(model: Model, { kind, key, row, existence, condition }: Write): boolean {
	const before = model.get(key);
	if (existence === "EXPECT_EXIST" && !before) return false;
	if (existence === "EXPECT_NOT_EXIST" && before) return false;
	if (condition && !holds(condition, before ?? {})) return false;
	if (kind === "DELETE") model.remove(key);
	else model.put(key, kind === "PUT" ? row : { ...before, ...row });
	return true;
}

const rowOf = ({ kind, key, row, existence, condition }: Write) => {
	const common = {
		primaryKey: inputKey(key),
		condition: new Condition(
			RowExistenceExpectation[existence],
			condition ? inputCondition(condition) : null,
		),
	};
	if (kind === "DELETE") return { type: kind, ...common };
	if (kind === "PUT") return { type: kind, ...common, attributeColumns: inputRow(row) };
	return { type: kind, ...common, attributeColumns: [{ PUT: inputRow(row) }] };
};

/** Every page of a range, in pages of `limit`. */
async function readRange(
	tableName: string,
	start: ModelKey,
	end: ModelKey,
	limit: number,
	filter?: ModelCondition,
): Promise<ModelEntry[]> {
	const { FORWARD, BACKWARD } = TableStore.Direction;
	const found: ModelEntry[] = [];
	let from: TableStore.PrimaryKeyInput | undefined = inputKey(start);
	while (from) {
		const page: TableStore.GetRangeResult = await running.client.getRange({
			tableName,
			direction: compareKeys(start, end) < 0 ? FORWARD : BACKWARD,
			inclusiveStartPrimaryKey: from,
			exclusiveEndPrimaryKey: inputKey(end),
			limit,
			...(filter ? { columnFilter: inputCondition(filter) } : {}),
		});
		expect(page.rows.length).toBeLessThanOrEqual(limit);
		for (const row of page.rows) {
			const [text, number] = keyOf(row) as [string, bigint];
			found.push({ key: { text, number }, row: attributesOf(row) as ModelRow });
		}
		from = page.nextStartPrimaryKey ? asInput(page.nextStartPrimaryKey) : undefined;
	}
	return found;
}

const LEAST: ModelKey = { text: "", number: -(2n ** 63n) };
const BEYOND: ModelKey = { text: "\u{10ffff}".repeat(8), number: 0n };

test("batches of writes under conditions leave the table as they leave the model", async () => {
	const batches = fc.array(
		fc.uniqueArray(writes, {
			minLength: 1,
			maxLength: 20,
			comparator: (a, b) => compareKeys(a.key, b.key) === 0,
		}),
		{ minLength: 1, maxLength: 12 },
	);
	await fc.assert(
		fc.asyncProperty(batches, async (all) => {
			const tableName = await freshTable();
			const model = new Model();
			for (const batch of all) {
				const answer = await running.client.batchWriteRow({
					tables: [{ tableName, rows: batch.map(rowOf) }],
				});
				const expected = batch.map((write) => writeToModel(model, write));
				expect(answer.tables.map((row) => row.isOk)).toEqual(expected);
			}
			expect(await readRange(tableName, LEAST, BEYOND, 5000)).toEqual(model.range(LEAST, BEYOND));
		}),
		{ numRuns: 60 },
	);
});

test("ranges in both directions, in pages and with filters, are those of the model", async () => {
	const scans = fc.array(
		fc.record({
			start: keys,
			end: keys,
			limit: fc.integer({ min: 1, max: 7 }),
			filter: fc.option(conditions, { nil: undefined }),
		}),
		{ minLength: 10, maxLength: 20 },
	);
	const entries = fc.uniqueArray(fc.record({ key: keys, row: rows }), {
		minLength: 10,
		maxLength: 60,
		comparator: (a, b) => compareKeys(a.key, b.key) === 0,
	});
	await fc.assert(
		fc.asyncProperty(entries, scans, async (stored, ranges) => {
			const tableName = await freshTable();
			const model = new Model();
			const puts = stored.map(({ key, row }) =>
				rowOf({ kind: "PUT", key, row, existence: "IGNORE", condition: undefined }),
			);
			await running.client.batchWriteRow({ tables: [{ tableName, rows: puts }] });
			for (const { key, row } of stored) model.put(key, row);
			for (const { start, end, limit, filter } of ranges) {
				if (compareKeys(start, end) === 0) continue;
				const expected = model.range(start, end);
				expect(await readRange(tableName, start, end, limit, filter)).toEqual(
					filter ? expected.filter(({ row }) => holds(filter, row)) : expected,
				);
			}
		}),
		{ numRuns: 25 },
	);
});
