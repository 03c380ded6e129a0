import { describe, expect, it } from "vitest";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const MINUTE_MS = 60_000;
const COMMAND = { device: LIGHT, service: "Set", args: {} };

describe("runs are started ahead of their time", () => {
	it("five minutes without a tick make none of them late", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const start = world.clock.now();
		await world.request("POST", "/v1/schedules", {
			body: { when: { cron: "17,47 * * * * *", timeZone: "UTC" }, command: COMMAND },
		});
		await world.clock.advance(2 * MINUTE_MS);
		world.ticking = false;
		await world.clock.advance(5 * MINUTE_MS);
		world.ticking = true;
		await world.clock.advance(5 * MINUTE_MS);
		const seconds = world.platform.calls.map(({ at }) => (at - start) / 1_000);
		const expected = Array.from({ length: 24 }, (_, n) => 17 + n * 30);
		expect(seconds).toEqual(expected);
	});

	it("a thousand schedules of one second travel in few invocations, and all begin in it", async () => {
		const world = new World({ quotaPerSecond: 10_000 });
		world.platform.script = () => answered();
		const at = new Date(world.clock.now() + 8 * MINUTE_MS).toISOString().slice(0, 19);
		for (let n = 0; n < 1_000; n++) {
			const device = { productKey: "pk", deviceName: `d${n}` };
			await world.request("POST", "/v1/schedules", {
				body: { when: { at, timeZone: "UTC" }, command: { ...COMMAND, device } },
			});
		}
		world.wakes.length = 0;
		await world.clock.advance(8 * MINUTE_MS + 10_000);
		expect(world.platform.calls).toHaveLength(1_000);
		const due = Date.parse(`${at}Z`);
		for (const call of world.platform.calls) {
			expect(call.at - due).toBeGreaterThanOrEqual(0);
			expect(call.at - due).toBeLessThanOrEqual(1_000);
		}
		// One page of each shard of the index at a time.
		expect(world.wakes.length).toBeLessThanOrEqual(12);
	});
});
