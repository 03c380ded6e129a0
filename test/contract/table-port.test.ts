import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row, Table } from "../../shared/table/table.ts";
import { IMPLEMENTATIONS } from "../support/table/implementations.ts";

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
			expect(await table.remove("commands", [device, "a"], ANY)).toBe(true);
			expect(await table.get("commands", [device, "a"])).toBeUndefined();
			expect(await table.remove("commands", [device, "a"], ANY)).toBe(true);
		});

		it("removes a row only in the version that was read", async () => {
			const device = partition();
			const key = [device, "a"];
			await table.put("commands", command(device, "a", { version: 2n }), ABSENT);
			const ifVersion = (equals: bigint) =>
				({ row: "present", column: "version", equals }) as const;
			expect(await table.remove("commands", key, ifVersion(1n))).toBe(false);
			expect(await table.get("commands", key)).toBeDefined();
			expect(await table.remove("commands", key, ifVersion(2n))).toBe(true);
			expect(await table.get("commands", key)).toBeUndefined();
			expect(await table.remove("commands", key, ifVersion(2n))).toBe(false);
		});

		it("lets either a put or a remove of the same version win, never both", async () => {
			const device = partition();
			for (let round = 0; round < 20; round++) {
				const id = `r${round}`;
				await table.put("commands", command(device, id, { version: 1n }), ABSENT);
				const condition = { row: "present", column: "version", equals: 1n } as const;
				const removal = () => table.remove("commands", [device, id], condition);
				const change = () => table.put("commands", command(device, id, { version: 2n }), condition);
				const [first, second] =
					round % 2 === 0
						? await Promise.all([removal(), change()])
						: (await Promise.all([change(), removal()])).reverse();
				expect([first, second].filter(Boolean)).toHaveLength(1);
				const left = await table.get("commands", [device, id]);
				expect(left?.columns["version"]).toBe(first ? undefined : 2n);
			}
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
	});
}
