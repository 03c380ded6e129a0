import { describe, expect, it } from "vitest";
import type { Lane } from "../../shared/command/command.ts";
import { Instances } from "../support/quota/instances.ts";

const LIMITS = { perSecond: 500, share: 1, maxInstances: 20 };
const FOREVER = Number.POSITIVE_INFINITY;
const none = (count: number) => Array.from({ length: count }, () => 0);

describe("the quota shared by all instances", () => {
	it("is used to at least 98 %, evenly, by all that want more", async () => {
		const world = new Instances(LIMITS, none(5));
		for (let index = 0; index < 5; index++) world.keepBusy(index, 30);
		await world.clock.advance(11_000);
		const each = none(5).map((_, index) => world.grantedBetween(1_000, 11_000, index));
		expect(each.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(4_900);
		expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(50);
		expect(world.busiest(1_000)).toBeLessThanOrEqual(500);
	});

	it("goes to one instance alone if the others want nothing", async () => {
		const world = new Instances(LIMITS, none(3));
		world.keepBusy(0, 60);
		await world.clock.advance(6_000);
		expect(world.grantedBetween(1_000, 6_000, 0)).toBeGreaterThanOrEqual(2_450);
	});

	it("is free for the others within a second after an instance has left", async () => {
		const world = new Instances(LIMITS, none(2));
		const start = world.clock.now();
		world.keepBusy(0, 30, "bulk", "", start + 4_000);
		world.keepBusy(1, 60);
		await world.clock.advance(4_100);
		await world.clock.run(world.quota(0).leave());
		await world.clock.advance(4_000);
		expect(world.grantedBetween(5_000, 8_000, 1)).toBeGreaterThanOrEqual(3 * 485);
	});

	it("waits for a dead instance no longer than its static share could still be used", async () => {
		const world = new Instances(LIMITS, none(2));
		for (const index of [0, 1]) world.keepBusy(index, 60);
		world.clock.after(2_000, () => world.kill(0));
		await world.clock.advance(16_000);
		expect(world.grantedBetween(4_000, 12_000, 1) / 8).toBeLessThanOrEqual(500 - 25);
		expect(world.grantedBetween(14_000, 16_000, 1) / 2).toBeGreaterThanOrEqual(490);
	});

	it("takes only the share that is this bundle's", async () => {
		const world = new Instances({ ...LIMITS, share: 0.4 }, none(2));
		for (const index of [0, 1]) world.keepBusy(index, 30);
		await world.clock.advance(6_000);
		expect(world.busiest(1_000)).toBeLessThanOrEqual(200);
		expect(world.busiest(1_000)).toBeGreaterThanOrEqual(196);
	});

	it("lets interactive calls pass at once where bulk calls wait", async () => {
		const world = new Instances(LIMITS, none(20));
		for (let index = 0; index < 20; index++) world.keepBusy(index, 100);
		await world.clock.advance(2_000);
		for (let n = 0; n < 10; n++) {
			const before = world.clock.now();
			await world.clock.run(world.quota(n).take("interactive", FOREVER));
			expect(world.clock.now() - before).toBeLessThanOrEqual(100);
			await world.clock.advance(90);
		}
	});

	it("lets an interactive call of an idle instance pass after one write, while others fill the quota", async () => {
		const world = new Instances(LIMITS, none(3));
		world.keepBusy(0, 100);
		world.keepBusy(1, 100);
		await world.clock.advance(3_000);
		const before = world.clock.now();
		await world.clock.run(world.quota(2).take("interactive", FOREVER));
		expect(world.clock.now() - before).toBeLessThanOrEqual(40);
	});

	it("gives bulk what interactive leaves, and the other way round", async () => {
		for (const lane of ["bulk", "interactive"] as const) {
			const world = new Instances(LIMITS, none(2));
			for (const index of [0, 1]) world.keepBusy(index, 40, lane);
			await world.clock.advance(6_000);
			const calls = [0, 1].map((index) => world.grantedBetween(2_000, 6_000, index));
			expect((calls[0] ?? 0) + (calls[1] ?? 0)).toBeGreaterThanOrEqual(4 * 485);
		}
	});

	it("serves the sources of a lane in turn: a great job does not starve a small one", async () => {
		const world = new Instances(LIMITS, none(1));
		const quota = world.quota(0);
		const order: string[] = [];
		const take = (source: string) =>
			quota.take("bulk", FOREVER, source).then(() => order.push(source));
		for (let n = 0; n < 300; n++) take("great");
		for (let n = 0; n < 10; n++) take("small");
		await world.clock.advance(2_000);
		expect(order).toHaveLength(310);
		expect(order.lastIndexOf("small")).toBeLessThanOrEqual(20);
	});

	it("serves interactive calls before bulk ones that came earlier", async () => {
		const world = new Instances({ ...LIMITS, perSecond: 10 }, none(1));
		const order: Lane[] = [];
		for (const lane of ["bulk", "bulk", "bulk", "interactive", "interactive"] as const) {
			world
				.quota(0)
				.take(lane, FOREVER)
				.then(() => order.push(lane));
		}
		await world.clock.advance(2_000);
		expect(order.slice(0, 2)).toEqual(["interactive", "interactive"]);
		expect(order).toHaveLength(5);
	});

	it("tells those who can wait no longer", async () => {
		const world = new Instances({ ...LIMITS, perSecond: 1 }, none(1));
		const answers = await world.clock.run(
			Promise.all(
				[200, 700, 20_000].map((ms) => world.quota(0).take("bulk", world.clock.now() + ms)),
			),
		);
		expect(answers.filter(Boolean).length).toBeLessThanOrEqual(2);
		expect(answers[2]).toBe(true);
	});

	it("asks the table nothing while nobody wants to call", async () => {
		const world = new Instances(LIMITS, none(1));
		await world.clock.run(world.quota(0).take("bulk", FOREVER));
		await world.clock.advance(4_000);
		const before = world.calls;
		await world.clock.advance(60_000);
		expect(world.calls).toBe(before);
	});

	it("is free for others while an instance's time is stopped, and no old call is made afterwards", async () => {
		const world = new Instances({ ...LIMITS, maxInstances: 4 }, none(2));
		for (const index of [0, 1]) world.keepBusy(index, 60);
		await world.clock.advance(5_000);
		world.freeze(0);
		await world.clock.advance(15_000);
		expect(world.grantedBetween(6_000, 15_000, 1) / 9).toBeGreaterThanOrEqual(250);
		expect(world.grantedBetween(17_000, 20_000, 1) / 3).toBeGreaterThanOrEqual(480);
		world.thaw(0);
		await world.clock.advance(5_000);
		expect(world.busiest(1_000)).toBeLessThanOrEqual(500);
		expect(world.grantedBetween(22_000, 25_000, 0) / 3).toBeGreaterThanOrEqual(240);
	});
});

describe("what the quota costs", () => {
	it("is at most four row operations a second and instance for one or two that are busy", async () => {
		for (const count of [1, 2]) {
			const world = new Instances({ ...LIMITS, maxInstances: 4 }, none(count));
			for (let index = 0; index < count; index++) world.keepBusy(index, 60);
			await world.clock.advance(3_000);
			const before = world.rowOperations;
			await world.clock.advance(20_000);
			expect((world.rowOperations - before) / 20 / count).toBeLessThanOrEqual(4);
		}
	});

	it("is nothing before a lone command's call, and one row afterwards, where instances are few", async () => {
		for (const lane of ["interactive", "bulk"] as const) {
			const world = new Instances({ ...LIMITS, maxInstances: 4 }, none(1));
			expect(await world.quota(0).take(lane, FOREVER)).toBe(true);
			world.quota(0).report(lane, "taken");
			expect(world.rowOperations).toBe(0);
			await world.clock.advance(60_000);
			expect(world.rowOperations).toBe(1);
		}
	});

	it("is one row operation before a lone interactive command's call where they are many", async () => {
		const world = new Instances(LIMITS, none(1));
		const before = world.clock.now();
		expect(await world.clock.run(world.quota(0).take("interactive", FOREVER))).toBe(true);
		expect(world.rowOperations).toBe(1);
		expect(world.clock.now() - before).toBeLessThanOrEqual(10);
	});

	it("is a timer for many calls, not one for each, where the quota is lifted", async () => {
		const world = new Instances({ perSecond: 5_000, share: 1, maxInstances: 4 }, none(1));
		world.keepBusy(0, 1_000);
		await world.clock.advance(4_000);
		expect(world.grantedBetween(2_000, 4_000) / 2).toBeGreaterThanOrEqual(4_800);
		expect(world.timersOfQuota / 4).toBeLessThanOrEqual(300);
	});
});

describe("without the table store", () => {
	it("every instance goes on with its static share, which is safe, and says so once", async () => {
		const world = new Instances({ ...LIMITS, maxInstances: 4 }, none(4));
		world.fate = () => ({ delayMs: 5, fails: "no" });
		for (let index = 0; index < 4; index++) world.keepBusy(index, 50);
		await world.clock.advance(14_000);
		expect(world.busiest(1_000)).toBeLessThanOrEqual(500);
		for (let index = 0; index < 4; index++) {
			const calls = world.grantedBetween(8_000, 14_000, index) / 6;
			expect(calls).toBeGreaterThanOrEqual(123);
			expect(calls).toBeLessThanOrEqual(127);
		}
		expect(world.logged.filter((line) => line.includes("static share"))).toHaveLength(4);
	});

	it("shares again as soon as the table store answers", async () => {
		const world = new Instances(LIMITS, none(2));
		world.fate = () => ({ delayMs: 5, fails: "no" });
		for (const index of [0, 1]) world.keepBusy(index, 60);
		await world.clock.advance(9_000);
		world.fate = () => ({ delayMs: 5 });
		await world.clock.advance(5_000);
		const calls = [0, 1].map((index) => world.grantedBetween(10_000, 14_000, index));
		expect((calls[0] ?? 0) + (calls[1] ?? 0)).toBeGreaterThanOrEqual(4 * 485);
		expect(world.logged.filter((line) => line.includes("shared"))).toHaveLength(2);
	});

	it("one instance that is cut off gets its static share out of what the others leave", async () => {
		const world = new Instances({ ...LIMITS, maxInstances: 5 }, none(5));
		for (let index = 0; index < 5; index++) world.keepBusy(index, 60);
		await world.clock.advance(2_000);
		world.fate = (index) => (index === 0 ? { delayMs: 5, fails: "no" } : { delayMs: 5 });
		await world.clock.advance(8_000);
		expect(world.busiest(1_000)).toBeLessThanOrEqual(500);
	});
});
