import { describe, expect, it } from "vitest";
import { change, devicesOf, getJob, startJob, until } from "../support/fleet/fleet.ts";
import { SimulatedFleet } from "../support/fleet/simulated-fleet.ts";
import { refused } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const DEVICES = 2_000;
const FROM = 500;
/** The failing part is 5 % of all that have ended. */
const NEEDED = Math.ceil(FROM + (0.05 * FROM) / 0.95);
const REPLY_MS = 500;
/** At 500 calls a second. */
const IN_FLIGHT = (REPLY_MS / 1000) * 500;

const job = (then: "pause" | "cancel" = "pause") => ({
	targets: { devices: devicesOf(DEVICES) },
	command: { service: "Set", args: {} },
	// Two waves: all but one of the devices are sent to one by one.
	waves: [{ count: DEVICES - 1 }, { percent: 100 }],
	stop: [{ states: ["failed"], percent: 5, minimum: 100, then }],
});

describe("a stop rule", () => {
	it("lets no other call go that its own refused calls have fulfilled it", async () => {
		const world = new World();
		const fleet = new SimulatedFleet(world);
		const inner = world.platform.script;
		let calls = 0;
		let works = false;
		world.platform.script = (call, count) =>
			++calls > FROM && !works ? refused("iot.prod.NotExistedProduct") : inner(call, count);
		const { id } = await startJob(world, job());
		const paused = await until(world, id, ["paused"]);
		expect(paused.reason).toContain("ended failed");
		expect(calls - NEEDED).toBeLessThanOrEqual(5);
		// Nor does any go later, before somebody resumes it.
		await world.clock.advance(60_000);
		expect(calls - NEEDED).toBeLessThanOrEqual(5);
		works = true;
		await change(world, id, "resume");
		// What was held back goes on now, and not when it would have been looked at again.
		await world.clock.advance(3_000);
		const waits = world.memory.all("commands").map(({ columns }) => String(columns["document"]));
		expect(waits.filter((text) => text.includes('"state":"waiting"'))).toEqual([]);
		const { counts = {} } = await until(world, id, ["completed"]);
		expect(counts["succeeded"]).toBe(DEVICES - (calls - fleet.received.size));
		expect((counts["succeeded"] ?? 0) + (counts["failed"] ?? 0)).toBe(DEVICES);
	}, 30_000);

	it("lets little more go than was in flight when the replies fulfilled it", async () => {
		const world = new World();
		const codeOf = (nth: number) => (nth > FROM ? 460 : 200);
		const fleet = new SimulatedFleet(world, { replyMs: REPLY_MS, codeOf });
		const { id } = await startJob(world, job("cancel"));
		await until(world, id, ["canceled"]);
		expect(fleet.received.size - NEEDED).toBeLessThanOrEqual(IN_FLIGHT * 1.4);
		const { counts = {} } = await getJob(world, id);
		expect(counts["failed"]).toBe(fleet.received.size - FROM);
		expect(counts["canceled"]).toBe(DEVICES - fleet.received.size);
	}, 30_000);

	it("holds nothing up for long that the other instances' count does not confirm", async () => {
		const world = new World();
		new SimulatedFleet(world);
		const { id } = await startJob(world, { ...job(), rate: { perSecond: 100 } });
		await world.clock.advance(3_000);
		const read = await world.stores.jobs.get(id);
		if (!read) throw new Error("there is no job");
		const brakedUntil = world.clock.now() + 6_000;
		// As an instance does whose own replies were the bad ones.
		for (let tries = 0; tries < 10; tries++) {
			const now = await world.stores.jobs.get(id);
			if (now && (await world.stores.jobs.replace(now, { ...now.document, brakedUntil }))) break;
		}
		const calls = world.platform.calls.length;
		await world.clock.advance(5_000);
		expect(world.platform.calls.length - calls).toBeLessThan(50);
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: DEVICES });
	}, 30_000);
});
