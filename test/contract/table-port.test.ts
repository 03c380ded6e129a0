import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Range, Row, Table } from "../../shared/table/table.ts";
import { MemoryTable } from "../support/table/memory-table.ts";
import { openLocalTable } from "../support/table/tablestore.ts";

interface Implementation {
	readonly name: string;
	open(): Promise<{ table: Table; close(): Promise<void> }>;
}

const IMPLEMENTATIONS: Implementation[] = [
	{
		name: "in memory",
		open: async () => ({ table: new MemoryTable(), close: async () => {} }),
	},
	{ name: "Tablestore adapter, SDK and local Tablestore", open: openLocalTable },
];

const ANY = { row: "any" } as const;
const ABSENT = { row: "absent" } as const;

for (const implementation of IMPLEMENTATIONS) {
	describe(`table port: ${implementation.name}`, () => {
		let table: Table;
		let close: () => Promise<void>;
		let unique = 0;
		/** Tests share one store, each in a partition of its own. */
		const partition = () => `partition-${unique++}`;

		beforeAll(async () => {
			({ table, close } = await implementation.open());
		});
		afterAll(() => close());

		const command = (device: string, id: string, columns: Row["columns"] = {}): Row => ({
			key: [device, id],
			columns: { shard: "0", state_shard: "accepted#0", ...columns },
		});
		const ids = async (range: Omit<Range, "prefix">, device: string) =>
			(await table.range("commands", { prefix: [device], ...range })).map(({ key }) => key[1]);

		it("gives back what was put, value by value", async () => {
			const row = command(partition(), "a", {
				text: 'ümläut "quoted"\n',
				empty: "",
				yes: true,
				small: 7n,
				beyondDouble: 9007199254740993n,
				negative: -9223372036854775808n,
			});
			expect(await table.put("commands", row, ABSENT)).toBe(true);
			expect(await table.get("commands", row.key)).toEqual(row);
		});

		it("gives nothing for a row that is not there", async () => {
			expect(await table.get("commands", [partition(), "none"])).toBeUndefined();
		});

		it("keeps nothing of the row that a put replaces", async () => {
			const device = partition();
			await table.put("commands", command(device, "a", { old: "x" }), ANY);
			await table.put("commands", command(device, "a", { new: "y" }), ANY);
			const row = await table.get("commands", [device, "a"]);
			expect(row?.columns).toEqual({ shard: "0", state_shard: "accepted#0", new: "y" });
		});

		it("puts a row that must be absent only once", async () => {
			const device = partition();
			expect(await table.put("commands", command(device, "a", { n: 1n }), ABSENT)).toBe(true);
			expect(await table.put("commands", command(device, "a", { n: 2n }), ABSENT)).toBe(false);
			expect((await table.get("commands", [device, "a"]))?.columns["n"]).toBe(1n);
		});

		it("replaces a row only in the version that was read", async () => {
			const device = partition();
			await table.put("commands", command(device, "a", { version: 1n }), ABSENT);
			const next = command(device, "a", { version: 2n });
			const ifVersion = (equals: bigint) =>
				({ row: "present", column: "version", equals }) as const;
			expect(await table.put("commands", next, ifVersion(2n))).toBe(false);
			expect(await table.put("commands", next, ifVersion(1n))).toBe(true);
			expect(await table.put("commands", next, ifVersion(1n))).toBe(false);
		});

		it("holds no condition on a row or a column that is missing", async () => {
			const device = partition();
			const condition = { row: "present", column: "version", equals: 1n } as const;
			expect(await table.put("commands", command(device, "a"), condition)).toBe(false);
			await table.put("commands", command(device, "a"), ABSENT);
			expect(await table.put("commands", command(device, "a"), condition)).toBe(false);
		});

		it("lets exactly one of many that put at the same time win", async () => {
			const device = partition();
			const wins = await Promise.all(
				Array.from({ length: 20 }, (_, n) =>
					table.put("commands", command(device, "a", { writer: BigInt(n) }), ABSENT),
				),
			);
			expect(wins.filter(Boolean)).toHaveLength(1);
			const row = await table.get("commands", [device, "a"]);
			expect(row?.columns["writer"]).toBe(BigInt(wins.indexOf(true)));
		});

		it("removes a row, and does not mind one that is not there", async () => {
			const device = partition();
			await table.put("commands", command(device, "a"), ANY);
			await table.remove("commands", [device, "a"]);
			await table.remove("commands", [device, "a"]);
			expect(await table.get("commands", [device, "a"])).toBeUndefined();
		});

		it("reads many rows at the same time, each caller its own", async () => {
			const device = partition();
			const names = Array.from({ length: 350 }, (_, n) => `row-${n}`);
			const put = names.map((name) =>
				table.put("commands", command(device, name, { name }), ABSENT),
			);
			expect((await Promise.all(put)).every(Boolean)).toBe(true);
			const rows = await Promise.all(
				[...names, "none"].map((name) => table.get("commands", [device, name])),
			);
			expect(rows.map((row) => row?.columns["name"])).toEqual([...names, undefined]);
		});

		describe("ranges", () => {
			const names = ["a", "b", "c", "d", "e", "ä", "z"];
			let device: string;
			beforeAll(async () => {
				device = partition();
				await Promise.all(names.map((id) => table.put("commands", command(device, id), ANY)));
			});
			/** Text is ordered by its UTF-8 bytes: z before ä. */
			const ordered = ["a", "b", "c", "d", "e", "z", "ä"];

			it("go forward and backward over one partition", async () => {
				expect(await ids({ direction: "forward", limit: 100 }, device)).toEqual(ordered);
				expect(await ids({ direction: "backward", limit: 100 }, device)).toEqual(
					[...ordered].reverse(),
				);
			});

			it("stop at the limit", async () => {
				expect(await ids({ direction: "forward", limit: 2 }, device)).toEqual(["a", "b"]);
				expect(await ids({ direction: "backward", limit: 2 }, device)).toEqual(["ä", "z"]);
			});

			it("end before a bound", async () => {
				const before = "c";
				expect(await ids({ direction: "forward", before, limit: 9 }, device)).toEqual(["a", "b"]);
				expect(await ids({ direction: "backward", before, limit: 9 }, device)).toEqual(["b", "a"]);
			});

			it("go on behind a row, which need not be there any more", async () => {
				const after = [device, "b2"];
				expect(await ids({ direction: "forward", after, limit: 2 }, device)).toEqual(["c", "d"]);
				const behindB = [device, "b"];
				expect(await ids({ direction: "forward", after: behindB, limit: 2 }, device)).toEqual([
					"c",
					"d",
				]);
				expect(await ids({ direction: "backward", after: behindB, limit: 2 }, device)).toEqual([
					"a",
				]);
			});

			it("stay within the prefix", async () => {
				await table.put("commands", command(`${device}x`, "m"), ANY);
				expect(await ids({ direction: "forward", limit: 100 }, device)).toEqual(ordered);
			});
		});

		it("finds rows through an index, newest first, once it has caught up", async () => {
			const device = partition();
			const state = `state-${device}`;
			for (const id of ["1", "2", "3"]) {
				await table.put("commands", command(device, id, { state_shard: state }), ANY);
			}
			const range = { prefix: [state], direction: "backward", limit: 2 } as const;
			await expect
				.poll(async () => (await table.range("commands_by_state", range)).map(({ key }) => key))
				.toEqual([
					[state, "3", device],
					[state, "2", device],
				]);
		});
	});
}
