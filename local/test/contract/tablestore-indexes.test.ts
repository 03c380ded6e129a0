import TableStore from "tablestore";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import {
	anyway,
	attributesOf,
	failureOf,
	INF_MAX,
	INF_MIN,
	integer,
	keyOf,
} from "../support/tablestore/sdk.ts";

const TABLE = "commands";
const INDEX = "commands_by_state";
const DELAY_MS = 50;
const DAY_MS = 86_400_000;

let clock: VirtualClock;
let running: Running;

beforeEach(async () => {
	clock = new VirtualClock();
	running = await startLocalTablestore({ clock, indexDelayMs: DELAY_MS });
	await running.client.createTable(
		tableOf(TABLE, [["id", "STRING"]], {
			timeToLive: 86_400,
			allowUpdate: false,
			definedColumns: [
				["state", "DCT_STRING"],
				["attempts", "DCT_INTEGER"],
			],
			indexes: [{ name: INDEX, primaryKey: ["state"], definedColumn: ["attempts"] }],
		}),
	);
});

afterEach(() => running.stop());

const put = (id: string, state: string | undefined, attempts = 0) =>
	running.client.putRow({
		tableName: TABLE,
		primaryKey: [{ id }],
		condition: anyway(),
		attributeColumns: [
			...(state === undefined ? [] : [{ state }]),
			{ attempts: integer(attempts) },
			{ other: "not in the index" },
		],
	});

const scan = async (tableName = INDEX, first = "state") => {
	const { rows } = await running.client.getRange({
		tableName,
		direction: TableStore.Direction.FORWARD,
		inclusiveStartPrimaryKey: [{ [first]: INF_MIN }, { id: INF_MIN }],
		exclusiveEndPrimaryKey: [{ [first]: INF_MAX }, { id: INF_MAX }],
	});
	return rows.map((row) => [...keyOf(row), attributesOf(row)["attempts"]]);
};

test("an index lags behind its table by the delay, and then has the row", async () => {
	await put("a", "sent", 1);
	expect(await scan()).toEqual([]);
	await clock.advance(DELAY_MS - 1);
	expect(await scan()).toEqual([]);
	await clock.advance(1);
	expect(await scan()).toEqual([["sent", "a", 1n]]);
});

test("it is sorted by its own column first, and holds its defined columns only", async () => {
	await put("a", "waiting");
	await put("b", "accepted");
	await put("c", "waiting");
	await clock.advance(DELAY_MS);
	expect(await scan()).toEqual([
		["accepted", "b", 0n],
		["waiting", "a", 0n],
		["waiting", "c", 0n],
	]);
	const { row } = await running.client.getRow({
		tableName: INDEX,
		primaryKey: [{ state: "accepted" }, { id: "b" }],
	});
	expect(attributesOf(row)).toEqual({ attempts: 0n });
});

test("it follows changes and deletions, in the order in which they were made", async () => {
	await put("a", "accepted", 1);
	await put("a", "sending", 2);
	await put("a", "sent", 3);
	await put("b", "accepted", 1);
	await running.client.deleteRow({
		tableName: TABLE,
		primaryKey: [{ id: "b" }],
		condition: anyway(),
	});
	await clock.advance(DELAY_MS);
	expect(await scan()).toEqual([["sent", "a", 3n]]);
});

test("rows without the indexed column are not in it", async () => {
	await put("a", undefined);
	await put("b", "sent");
	await clock.advance(DELAY_MS);
	await put("b", undefined);
	await clock.advance(DELAY_MS);
	expect(await scan()).toEqual([]);
});

test("what was not indexed before a restart is indexed after it", async () => {
	await put("a", "sent", 1);
	running = await running.restart();
	expect(await scan()).toEqual([]);
	await clock.advance(DELAY_MS);
	expect(await scan()).toEqual([["sent", "a", 1n]]);
});

test("rows of the table and of the index expire together", async () => {
	await put("a", "sent");
	await clock.advance(DAY_MS - 1);
	expect(await scan()).toHaveLength(1);
	await clock.advance(1);
	expect(await scan()).toEqual([]);
});

test("a table that does not allow updates refuses UpdateRow, also in a batch", async () => {
	const updateOfAttributeColumns = [{ PUT: [{ state: "sent" }] }];
	const primaryKey = [{ id: "a" }];
	const single = running.client.updateRow({
		tableName: TABLE,
		primaryKey,
		condition: anyway(),
		updateOfAttributeColumns,
	});
	expect(await failureOf(single)).toBe("OTSParameterInvalid");
	const { tables } = await running.client.batchWriteRow({
		tables: [
			{
				tableName: TABLE,
				rows: [
					{
						type: "UPDATE",
						condition: anyway(),
						primaryKey,
						attributeColumns: updateOfAttributeColumns,
					},
				],
			},
		],
	});
	expect(tables.map((row) => row.errorCode)).toEqual(["OTSParameterInvalid"]);
});

test("a value too long for an index's key is refused", async () => {
	await put("a", "x".repeat(1024));
	expect(await failureOf(put("a", "x".repeat(1025)))).toBe("OTSParameterInvalid");
});

test("an index cannot be written to", async () => {
	const write = running.client.putRow({
		tableName: INDEX,
		primaryKey: [{ state: "sent" }, { id: "a" }],
		condition: anyway(),
		attributeColumns: [],
	});
	expect(await failureOf(write)).toBe("OTSParameterInvalid");
});

test("CreateIndex takes in what the table holds, if told to, and DropIndex ends it", async () => {
	await put("a", "sent", 7);
	const create = (name: string, includeBaseData: boolean) => {
		// The SDK reads `includeBaseData` beside `indexMeta`, its types have it inside.
		const indexMeta = { name, primaryKey: ["attempts"], definedColumn: [], includeBaseData };
		const request = { mainTableName: TABLE, indexMeta, includeBaseData };
		return running.client.createIndex(request);
	};
	await create("with_base", true);
	await create("without_base", false);
	await put("b", "sent", 8);
	await clock.advance(DELAY_MS);
	expect(await scan("with_base", "attempts")).toEqual([
		[7n, "a", undefined],
		[8n, "b", undefined],
	]);
	expect(await scan("without_base", "attempts")).toEqual([[8n, "b", undefined]]);
	await running.client.dropIndex({ mainTableName: TABLE, indexName: "with_base" });
	expect(await failureOf(scan("with_base", "attempts"))).toBe("OTSObjectNotExist");
	expect((await running.client.listTable({})).tableNames).toEqual([TABLE, INDEX, "without_base"]);
});

test("a local index is written together with its row", async () => {
	await running.client.createTable(
		tableOf(
			"local",
			[
				["device", "STRING"],
				["id", "STRING"],
			],
			{
				definedColumns: [["state", "DCT_STRING"]],
				indexes: [
					{
						name: "local_by_state",
						primaryKey: ["device", "state"],
						definedColumn: [],
						indexType: TableStore.IndexType.IT_LOCAL_INDEX,
						indexUpdateMode: TableStore.IndexUpdateMode.IUM_SYNC_INDEX,
					},
				],
			},
		),
	);
	const update = (state: string) =>
		running.client.updateRow({
			tableName: "local",
			primaryKey: [{ device: "d" }, { id: "a" }],
			condition: anyway(),
			updateOfAttributeColumns: [{ PUT: [{ state }] }],
		});
	await update("accepted");
	await update("sent");
	const { rows } = await running.client.getRange({
		tableName: "local_by_state",
		direction: TableStore.Direction.BACKWARD,
		inclusiveStartPrimaryKey: [{ device: "d" }, { state: INF_MAX }, { id: INF_MAX }],
		exclusiveEndPrimaryKey: [{ device: "d" }, { state: INF_MIN }, { id: INF_MIN }],
	});
	expect(rows.map(keyOf)).toEqual([["d", "sent", "a"]]);
});
