import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, attributesOf, ifAbsent } from "../support/tablestore/sdk.ts";

const TABLE = "expiring";
const DAY_MS = 86_400_000;

let clock: VirtualClock;
let running: Running;

beforeEach(async () => {
	clock = new VirtualClock();
	running = await startLocalTablestore({ clock });
	await running.client.createTable(tableOf(TABLE, [["id", "STRING"]], { timeToLive: 86_400 }));
});

afterEach(() => running.stop());

const key = { tableName: TABLE, primaryKey: [{ id: "x" }] };
const read = async () => attributesOf((await running.client.getRow(key)).row);
const update = (name: string) =>
	running.client.updateRow({
		...key,
		condition: anyway(),
		updateOfAttributeColumns: [{ PUT: [{ [name]: "1" }] }],
	});

test("a row is gone after its time to live, and may be written as a new one", async () => {
	await update("a");
	await clock.advance(DAY_MS - 1);
	expect(await read()).toEqual({ a: "1" });
	await clock.advance(1);
	expect((await running.client.getRow(key)).row).toEqual({});
	await running.client.putRow({ ...key, condition: ifAbsent(), attributeColumns: [{ b: "2" }] });
	expect(await read()).toEqual({ b: "2" });
});

test("columns expire one by one, each by its own age", async () => {
	await update("a");
	await clock.advance(DAY_MS / 2);
	await update("b");
	await clock.advance(DAY_MS / 2);
	expect(await read()).toEqual({ b: "1" });
	await clock.advance(DAY_MS / 2);
	expect((await running.client.getRow(key)).row).toEqual({});
});

test("a longer life given in time keeps the row", async () => {
	await update("a");
	await clock.advance(DAY_MS - 1);
	await running.client.updateTable({
		tableName: TABLE,
		tableOptions: { timeToLive: -1, maxVersions: 1 },
	});
	await clock.advance(10 * DAY_MS);
	expect(await read()).toEqual({ a: "1" });
});

test("the space of expired rows is freed at the next start", async () => {
	await update("a");
	await clock.advance(DAY_MS);
	running = await running.restart();
	// Only a row that is still in the store could come back with a longer life.
	await running.client.updateTable({
		tableName: TABLE,
		tableOptions: { timeToLive: -1, maxVersions: 1 },
	});
	expect((await running.client.getRow(key)).row).toEqual({});
});
