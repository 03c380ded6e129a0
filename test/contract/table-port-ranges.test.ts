import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Range, Row, Table } from "../../shared/table/table.ts";
import { IMPLEMENTATIONS } from "../support/table/implementations.ts";

const ANY = { row: "any" } as const;

for (const implementation of IMPLEMENTATIONS) {
	describe(`table port, ranges: ${implementation.name}`, () => {
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

			it("begin at a bound, which is part of them", async () => {
				const from = "e";
				const both = ["e", "z", "ä"];
				expect(await ids({ direction: "forward", from, limit: 9 }, device)).toEqual(both);
				expect(await ids({ direction: "backward", from, limit: 9 }, device)).toEqual(
					[...both].reverse(),
				);
				expect(await ids({ direction: "backward", from, limit: 2 }, device)).toEqual(["ä", "z"]);
				const between = "e1";
				expect(await ids({ direction: "backward", from: between, limit: 9 }, device)).toEqual([
					"ä",
					"z",
				]);
				expect(await ids({ direction: "backward", from: "", limit: 9 }, device)).toHaveLength(7);
			});

			it("lie between two bounds, page by page, in both directions", async () => {
				const bounds = { from: "b", before: "e" };
				expect(await ids({ direction: "forward", ...bounds, limit: 9 }, device)).toEqual([
					"b",
					"c",
					"d",
				]);
				expect(await ids({ direction: "backward", ...bounds, limit: 9 }, device)).toEqual([
					"d",
					"c",
					"b",
				]);
				const after = [device, "c"];
				expect(await ids({ direction: "forward", ...bounds, after, limit: 9 }, device)).toEqual([
					"d",
				]);
				expect(await ids({ direction: "backward", ...bounds, after, limit: 9 }, device)).toEqual([
					"b",
				]);
			});

			it("have bounds in the middle of a key as well", async () => {
				const shard = partition();
				const due = (at: string, id: string) =>
					table.put("due", { key: [shard, at, id], columns: {} }, ANY);
				await Promise.all([due("1", "x"), due("2", "a"), due("2", "z"), due("3", "x")]);
				const keys = async (range: Omit<Range, "prefix" | "limit">) =>
					(await table.range("due", { prefix: [shard], limit: 9, ...range })).map(({ key }) =>
						key.slice(1).join(""),
					);
				expect(await keys({ direction: "forward", from: "2" })).toEqual(["2a", "2z", "3x"]);
				expect(await keys({ direction: "backward", from: "2" })).toEqual(["3x", "2z", "2a"]);
				expect(await keys({ direction: "backward", from: "2", before: "3" })).toEqual(["2z", "2a"]);
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

		it("gives rows of an index the columns that it includes, and no others", async () => {
			const shard = `shard-${partition()}`;
			const put = (id: string, state: string) => {
				const columns = { shard, state_shard: state, document: "long" };
				return table.put("commands", { key: ["d", id], columns }, ANY);
			};
			await Promise.all([put("1", "sent"), put("2", "failed")]);
			const list = () =>
				table.range("commands_by_age", { prefix: [shard], direction: "forward", limit: 9 });
			await expect.poll(list).toEqual([
				{ key: [shard, "1", "d"], columns: { state_shard: "sent" } },
				{ key: [shard, "2", "d"], columns: { state_shard: "failed" } },
			]);
			await put("1", "succeeded");
			await expect.poll(async () => (await list())[0]?.columns["state_shard"]).toBe("succeeded");
		});

		it("leaves rows out of an index whose column they lack", async () => {
			const shard = `shard-${partition()}`;
			const put = (id: string, columns: Row["columns"]) =>
				table.put("commands", { key: ["d", id], columns: { shard, ...columns } }, ANY);
			const state = `state-${shard}`;
			await put("1", { state_shard: state });
			await put("2", {});
			const listed = async (name: "commands_by_age" | "commands_by_state", prefix: string) => {
				const rows = await table.range(name, { prefix: [prefix], direction: "forward", limit: 9 });
				return rows.map(({ key }) => key[1]);
			};
			await expect.poll(() => listed("commands_by_age", shard)).toEqual(["1", "2"]);
			expect(await listed("commands_by_state", state)).toEqual(["1"]);
			await put("1", {});
			await expect.poll(() => listed("commands_by_state", state)).toEqual([]);
		});
	});
}
