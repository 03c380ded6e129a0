import { describe, expect, it } from "vitest";
import { answered } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const unreachable = { kind: "unreachable", code: "ECONNREFUSED", message: "refused" } as const;

describe("an outage of the platform", () => {
	it("costs few calls, and its backlog drains at the quota as soon as it ends", async () => {
		const world = new World({ quotaPerSecond: 100 });
		let out = true;
		world.platform.script = () => (out ? unreachable : answered());
		for (let n = 0; n < 300; n++) {
			const device = { productKey: "pk", deviceName: `d${n % 60}` };
			await world.send({ device, args: { n }, lane: n % 3 === 0 ? "interactive" : "bulk" });
		}
		await world.clock.advance(120_000);
		const during = world.platform.calls.length;
		// Ten find out that there is one, and two a second whether it is over.
		expect(during).toBeLessThanOrEqual(2 * 120 + 100);
		out = false;
		const end = world.clock.now();
		await world.clock.advance(2_000);
		expect(world.platform.calls.length - during).toBeGreaterThan(50);
		await world.clock.advance(3_000);
		const drained = world.platform.calls.filter(({ at }) => at >= end);
		expect(drained).toHaveLength(300);
		const laneOf = (args: string) => (JSON.parse(args).n % 3 === 0 ? "interactive" : "bulk");
		const half = drained.slice(0, 100).filter(({ args }) => laneOf(args) === "interactive");
		expect(half.length).toBeGreaterThan(85);
	});
});

describe("one device that does not answer", () => {
	it("takes its own places only", async () => {
		const world = new World();
		world.platform.script = async ({ device }) => {
			if (device.deviceName === "silent") await world.clock.sleep(5_000);
			return answered();
		};
		const silent = { device: { productKey: "pk", deviceName: "silent" } };
		for (let n = 0; n < 200; n++) await world.send(silent);
		await world.clock.advance(1_000);
		const at = world.clock.now();
		const { id } = await world.send({});
		await world.clock.advance(500);
		expect((await world.get(id)).state).toBe("succeeded");
		const call = world.platform.calls.find(({ device }) => device.deviceName === "light");
		expect((call?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(300);
		await world.clock.advance(60_000);
		expect(world.platform.calls).toHaveLength(201);
	});
});
