import { describe, expect, it } from "vitest";
import { Batcher } from "../../shared/table/tablestore/batcher.ts";

interface Item {
	readonly row: string;
	readonly n: number;
}

function recording(overrides: { maxItems?: number; maxBytes?: number; maxInFlight?: number } = {}) {
	const sent: number[][] = [];
	const finish: Array<() => void> = [];
	const batcher = new Batcher<Item, number>({
		maxItems: 10,
		maxBytes: 1_000,
		maxInFlight: 1,
		...overrides,
		sizeBytes: () => 100,
		identity: ({ row }) => row,
		async send(items) {
			sent.push(items.map(({ n }) => n));
			await new Promise<void>((resolve) => finish.push(resolve));
			return items.map(({ n }) =>
				n < 0
					? { status: "rejected", reason: new Error(`row ${n}`) }
					: { status: "fulfilled", value: n * 10 },
			);
		},
	});
	const submit = (n: number, row = `row-${n}`) => batcher.submit({ n, row });
	const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
	return { sent, finish, submit, turn };
}

describe("the batcher", () => {
	it("sends what is asked for at the same time together, and what comes meanwhile next", async () => {
		const { sent, finish, submit, turn } = recording();
		const first = [1, 2, 3].map((n) => submit(n));
		await turn();
		const second = [4, 5].map((n) => submit(n));
		await turn();
		expect(sent).toEqual([[1, 2, 3]]);
		finish[0]?.();
		expect(await Promise.all(first)).toEqual([10, 20, 30]);
		await turn();
		finish[1]?.();
		expect(await Promise.all(second)).toEqual([40, 50]);
		expect(sent).toEqual([
			[1, 2, 3],
			[4, 5],
		]);
	});

	it("never names a row twice in one request, and keeps the order of its operations", async () => {
		const { sent, finish, submit, turn } = recording();
		const all = [submit(1, "a"), submit(2, "a"), submit(3, "b"), submit(4, "a")];
		for (let request = 0; request < 3; request++) {
			await turn();
			finish[request]?.();
		}
		await Promise.all(all);
		expect(sent).toEqual([[1, 3], [2], [4]]);
	});

	it("keeps to the limits of rows and bytes", async () => {
		const { sent, finish, submit, turn } = recording({ maxItems: 3, maxInFlight: 9 });
		const all = Array.from({ length: 7 }, (_, n) => submit(n));
		await turn();
		for (const done of finish) done();
		await Promise.all(all);
		expect(sent.map((items) => items.length)).toEqual([3, 3, 1]);
		const narrow = recording({ maxBytes: 250, maxInFlight: 9 });
		const more = Array.from({ length: 5 }, (_, n) => narrow.submit(n));
		await narrow.turn();
		for (const done of narrow.finish) done();
		await Promise.all(more);
		expect(narrow.sent.map((items) => items.length)).toEqual([2, 2, 1]);
	});

	it("fails the row that failed, and no other", async () => {
		const { finish, submit, turn } = recording();
		const all = Promise.allSettled([submit(1), submit(-2), submit(3)]);
		await turn();
		finish[0]?.();
		expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
	});
});
