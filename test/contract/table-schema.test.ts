import { afterEach, beforeEach, expect, it } from "vitest";
import type { TableSchema } from "../../shared/table/schema.ts";
import { createTables } from "../../shared/table/tablestore/create-tables.ts";
import { openLocalTable } from "../support/table/tablestore.ts";

const DAY_SECONDS = 86_400;
const bare: TableSchema = {
	key: ["hash", "id"],
	defined: [],
	indexes: {},
	ttlSeconds: 30 * DAY_SECONDS,
};
const indexed: TableSchema = {
	...bare,
	defined: ["shard", "age", "state_shard"],
	indexes: { commands_by_age: { key: ["shard", "age"], includes: [] } },
};

let local: Awaited<ReturnType<typeof openLocalTable>>;
beforeEach(async () => {
	local = await openLocalTable({ tables: {} });
});
afterEach(() => local.close());

const create = (commands: TableSchema) => createTables(local.connection, { commands });
const report = (did: string) => [{ table: "commands", did }];
const put = (id: string) => {
	const row = { key: ["d", id], columns: { shard: "0", age: id, state_shard: `sent#${id}` } };
	return local.table.put("commands", row, { row: "absent" });
};
const byAge = () =>
	local.table.range("commands_by_age", { prefix: ["0"], direction: "forward", limit: 9 });

it("creates a table once", async () => {
	expect(await create(indexed)).toEqual(report("created"));
	expect(await create(indexed)).toEqual(report("kept"));
});

it("adds a missing index, with the columns that it needs, and puts into it what the table holds", async () => {
	await create(bare);
	await put("1");
	expect(await create(indexed)).toEqual(report("updated"));
	await put("2");
	await expect.poll(async () => (await byAge()).map(({ key }) => key[1])).toEqual(["1", "2"]);
	expect(await create(indexed)).toEqual(report("kept"));
});

it("makes an index anew that lacks a column", async () => {
	await create(indexed);
	await put("1");
	await expect.poll(async () => (await byAge())[0]?.columns).toEqual({});
	const indexes = { commands_by_age: { key: ["shard", "age"], includes: ["state_shard"] } };
	expect(await create({ ...indexed, indexes })).toEqual(report("updated"));
	await expect.poll(async () => (await byAge())[0]?.columns).toEqual({ state_shard: "sent#1" });
});

it("changes how long rows are kept", async () => {
	await create(indexed);
	expect(await create({ ...indexed, ttlSeconds: 2 * DAY_SECONDS })).toEqual(report("updated"));
	expect(await create({ ...indexed, ttlSeconds: 2 * DAY_SECONDS })).toEqual(report("kept"));
});

it("does not mind others at the same work", async () => {
	await create(bare);
	const reports = await Promise.all([create(indexed), create(indexed), create(indexed)]);
	expect(reports.flat().map(({ table }) => table)).toEqual(["commands", "commands", "commands"]);
	expect(await create(indexed)).toEqual(report("kept"));
});
