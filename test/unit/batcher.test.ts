import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { Batcher, type Item } from "../../shared/batch/batcher.ts";

interface Numbered extends Item {
	readonly n: number;
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Requests end when told to. */
function recording(overrides: { maxItems?: number; maxBytes?: number; maxInFlight?: number } = {}) {
	const sent: number[][] = [];
	const finish: Array<() => void> = [];
	const clock = new VirtualClock();
	const batcher = new Batcher<Numbered, number>({
		clock,
		maxItems: 10,
		maxBytes: 1_000,
		maxInFlight: 9,
		...overrides,
		async send(items) {
			sent.push(items.map(({ n }) => n));
			await new Promise<void>((resolve) => finish.push(resolve));
			return items.map(({ n }) => (n < 0 ? new Error(`row ${n}`) : n * 10));
		},
	});
	const item = (n: number): Numbered => ({ n, bytes: 100, sent: false, withdrawn: false });
	const submit = (...numbers: number[]) =>
		Promise.allSettled(numbers.map((n) => batcher.submit(item(n)))).then((all) =>
			all.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message)),
		);
	return { sent, finish, submit, clock, batcher, item };
}

describe("the batcher", () => {
	it("sends what is asked for at the same time together, at once", async () => {
		const { sent, finish, submit } = recording();
		const all = submit(1, 2, 3);
		await turn();
		expect(sent).toEqual([[1, 2, 3]]);
		finish[0]?.();
		expect(await all).toEqual([10, 20, 30]);
	});

	it("gathers what comes while a request is out, until that is back", async () => {
		const { sent, finish, submit } = recording();
		void submit(1);
		await turn();
		void submit(2);
		await turn();
		void submit(3);
		await turn();
		expect(sent).toEqual([[1]]);
		finish[0]?.();
		await turn();
		expect(sent).toEqual([[1], [2, 3]]);
	});

	it("lets what the answers bring about travel with what has gathered", async () => {
		const { sent, finish, submit } = recording();
		void submit(1).then(() => submit(4));
		await turn();
		void submit(2, 3);
		finish[0]?.();
		await turn();
		expect(sent).toEqual([[1], [2, 3, 4]]);
	});

	it("does not wait for a request that is back late, but for a share of the recent round trip", async () => {
		const { sent, finish, submit, clock } = recording();
		void submit(1);
		await turn();
		await clock.advance(6);
		finish[0]?.();
		await turn();
		void submit(2);
		await turn();
		void submit(3);
		await clock.advance(1);
		void submit(4);
		await clock.advance(1);
		expect(sent).toEqual([[1], [2]]);
		await clock.advance(1);
		expect(sent).toEqual([[1], [2], [3, 4]]);
	});

	it("sends a full request at once, whatever is out", async () => {
		const { sent, submit } = recording({ maxItems: 3 });
		void submit(1);
		await turn();
		void submit(2, 3, 4, 5);
		await turn();
		expect(sent).toEqual([[1], [2, 3, 4]]);
	});

	it("keeps to the limits of rows, bytes and requests", async () => {
		const narrow = recording({ maxBytes: 250, maxInFlight: 2 });
		void narrow.submit(1, 2, 3, 4, 5, 6);
		await turn();
		expect(narrow.sent).toEqual([
			[1, 2],
			[3, 4],
		]);
		await narrow.clock.advance(1_000);
		expect(narrow.sent).toHaveLength(2);
		narrow.finish[0]?.();
		await turn();
		expect(narrow.sent.at(-1)).toEqual([5, 6]);
		const few = recording({ maxItems: 3 });
		void few.submit(1, 2, 3, 4, 5, 6, 7);
		await turn();
		expect(few.sent).toEqual([
			[1, 2, 3],
			[4, 5, 6],
		]);
		await few.clock.advance(25);
		expect(few.sent.at(-1)).toEqual([7]);
	});

	it("fails the row that failed, and no other", async () => {
		const { finish, submit } = recording();
		const all = submit(1, -2, 3);
		await turn();
		finish[0]?.();
		expect(await all).toEqual([10, "row -2", 30]);
	});

	it("does not send what was withdrawn", async () => {
		const { sent, submit, batcher, item } = recording();
		const two = item(2);
		void submit(1);
		const given = batcher.submit(two);
		two.withdrawn = true;
		await expect(given).rejects.toThrow("withdrawn");
		expect(sent).toEqual([[1]]);
		expect(two.sent).toBe(false);
	});
});
