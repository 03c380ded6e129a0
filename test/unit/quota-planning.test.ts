import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { callTimes, drawUp, type Member, staticCallTimes } from "../../shared/quota/plan.ts";
import { Planning } from "../../shared/quota/planning.ts";
import { QuotaStore } from "../../shared/quota/quota-store.ts";
import { SLICE_MS, sliceAt, startOf } from "../../shared/quota/slice.ts";
import { type Table, TableError } from "../../shared/table/table.ts";
import { MemoryTable } from "../support/table/memory-table.ts";

const LIMITS = { perSecond: 500, share: 1, maxInstances: 20 };
const NOW = Date.UTC(2026, 0, 1);

function member(instance: string, more: Partial<Member> = {}): Member {
	return {
		instance,
		at: NOW,
		wishes: { interactive: 0, bulk: 100 },
		sent: 0,
		throttled: 0,
		reserveWanted: 0,
		usage: [],
		...more,
	};
}

const callsOf = (plan: ReturnType<typeof drawUp>) =>
	plan.grants.reduce((sum, { calls }) => sum + calls, 0);

describe("the plan of a slice", () => {
	it("is one for all: who draws up another at the same time follows the one that stands", async () => {
		const table = new MemoryTable();
		const store = new QuotaStore(table);
		await store.publish(member("a"));
		const slice = sliceAt(NOW);
		const plannings = [0, 40, 90].map(
			(ms) => new Planning(store, new VirtualClock(NOW + ms), LIMITS),
		);
		const plans = await Promise.all(plannings.map((planning) => planning.obtain(slice)));
		const [standing] = table.all("quota").filter(({ key }) => key[1] === "plan");
		for (const plan of plans) expect(JSON.stringify(plan)).toBe(standing?.columns["body"]);
	});

	it("is not followed while its writing is in doubt, and is what the table says afterwards", async () => {
		const table = new MemoryTable();
		const doubtful: Table = {
			get: (...args) => table.get(...args),
			remove: (...args) => table.remove(...args),
			range: (...args) => table.range(...args),
			put: async (...args) => {
				await table.put(...args);
				throw new TableError("OTSTimeout", "on purpose", { retryable: true, applied: "maybe" });
			},
		};
		await new QuotaStore(table).publish(member("a"));
		const planning = new Planning(new QuotaStore(doubtful), new VirtualClock(NOW), LIMITS);
		const slice = sliceAt(NOW);
		await expect(planning.obtain(slice)).rejects.toThrow(TableError);
		expect(planning.latest).toBeUndefined();
		expect((await planning.obtain(slice))?.grants).toHaveLength(1);
	});

	it("spreads all calls evenly over the slice, those of one instance between those of the others", () => {
		const members = ["a", "b", "c", "d"].map((name) => member(name));
		const plan = drawUp(sliceAt(NOW), NOW, members, undefined, LIMITS);
		const times = members
			.flatMap(({ instance }) => callTimes(plan, instance))
			.sort((a, b) => a - b);
		expect(times).toHaveLength(callsOf(plan));
		const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
		expect(Math.max(...gaps)).toBeLessThanOrEqual((3 * SLICE_MS) / times.length);
		expect(times[0]).toBeGreaterThanOrEqual(NOW);
		expect(times.at(-1)).toBeLessThan(NOW + SLICE_MS);
	});

	it("covers only what is left of a slice that has begun", () => {
		const plan = drawUp(sliceAt(NOW), NOW + 200, [member("a")], undefined, LIMITS);
		expect(callsOf(plan)).toBeLessThanOrEqual(25);
		expect(Math.min(...callTimes(plan, "a"))).toBeGreaterThanOrEqual(NOW + 200);
	});

	it("gives what interactive commands wish for before any bulk", () => {
		const members = [
			member("a", { wishes: { interactive: 60, bulk: 0 } }),
			member("b", { wishes: { interactive: 0, bulk: 1_000 } }),
		];
		const { grants } = drawUp(sliceAt(NOW), NOW, members, undefined, LIMITS);
		expect(grants[0]).toEqual({ instance: "a", calls: 60 });
		expect(grants[1]?.calls).toBeGreaterThan(0);
	});

	it("leaves room for an instance that fell silent and may be sending at its static share", () => {
		const silent = member("b", { at: NOW - 3_000 });
		const alone = drawUp(sliceAt(NOW), NOW, [member("a")], undefined, LIMITS);
		const withSilent = drawUp(sliceAt(NOW), NOW, [member("a"), silent], undefined, LIMITS);
		expect(withSilent.grants.map(({ instance }) => instance)).toEqual(["a"]);
		expect(callsOf(alone) - callsOf(withSilent)).toBeGreaterThanOrEqual(6);
		const longDead = member("b", { at: NOW - 11_000 });
		const later = drawUp(sliceAt(NOW), NOW, [member("a"), longDead], undefined, LIMITS);
		expect(callsOf(later)).toBe(callsOf(alone));
	});

	it("goes on with the rate that others found if the plan before it is not known", () => {
		const slice = sliceAt(NOW);
		const rate = {
			perSecond: 350,
			cut: { slice: slice - 3, perSecond: 350, confirmed: true },
			traffic: [],
		};
		const knowing = member("a", { found: { slice: slice - 3, rate } });
		expect(drawUp(slice, NOW, [knowing], undefined, LIMITS).rate.perSecond).toBe(350);
		const old = member("a", { found: { slice: slice - 300, rate } });
		expect(drawUp(slice, NOW, [old], undefined, LIMITS).rate.perSecond).toBeGreaterThan(490);
	});

	it("static shares of all instances add up to the quota", () => {
		const slice = sliceAt(NOW);
		let calls = 0;
		for (let index = 0; index < LIMITS.maxInstances; index++) {
			for (let n = 0; n < 40; n++) {
				const times = staticCallTimes(slice + n, LIMITS, index / LIMITS.maxInstances);
				calls += times.length;
				for (const time of times) expect(sliceAt(time)).toBe(slice + n);
			}
		}
		expect(startOf(slice)).toBe(NOW);
		expect(calls).toBe(5_000);
	});
});
