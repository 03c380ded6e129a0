import { describe, expect, it } from "vitest";
import { devicesOf, getJob, startJob, sum } from "../support/fleet/fleet.ts";
import { SimulatedFleet } from "../support/fleet/simulated-fleet.ts";
import { seededRandom } from "../support/random.ts";
import { mortal } from "../support/table/mortal-table.ts";
import { World } from "../support/world/world.ts";

const DEVICES = 600;
const WAVES = [{ count: 20 }, { percent: 50 }, { percent: 100 }];
const RATE = { perSecond: 20 };

const job = (more: object = {}) => ({
	targets: { devices: devicesOf(DEVICES) },
	command: { service: "Set", args: {}, expiresIn: 86_400 },
	waves: WAVES,
	...more,
});

/** What must be true of a job that has ended, whatever has happened meanwhile. */
async function expectTruth(world: World, fleet: SimulatedFleet, id: string) {
	const { counts = {}, state, waves } = await getJob(world, id);
	expect(state).toBe("completed");
	expect(sum(counts)).toBe(DEVICES);
	expect(waves.map((wave) => sum(wave.counts))).toEqual([20, 280, 300]);
	// Nobody has it twice, and who is said to have it has it.
	expect([...fleet.received.values()].filter((times) => times > 1)).toEqual([]);
	expect(counts["succeeded"]).toBeLessThanOrEqual(fleet.received.size);
	expect((counts["succeeded"] ?? 0) + (counts["unknown"] ?? 0)).toBe(DEVICES);
	expect(world.dueCommands()).toEqual([]);
	expect(world.memory.all("jobs").filter(({ columns }) => "due" in columns)).toEqual([]);
}

async function passUntilEnded(world: World, id: string, meanwhile: () => Promise<void>) {
	for (let step = 0; step < 3_000; step++) {
		await meanwhile();
		const { state, counts } = await getJob(world, id);
		expect(sum(counts)).toBe(DEVICES);
		if (state === "completed") return;
	}
	throw new Error("it does not end");
}

describe("a job is exact", () => {
	it("though its worker is killed again and again", async () => {
		for (const seed of [1]) {
			const random = seededRandom(seed);
			const world = new World({ random });
			const fleet = new SimulatedFleet(world);
			const { id } = await startJob(world, job({ rate: { perSecond: 3 } }));
			let kills = 0;
			await passUntilEnded(world, id, async () => {
				await world.clock.advance(Math.floor(random() * 9_000));
				if (random() < 0.5 && kills++ < 25) world.killWorker();
			});
			await world.clock.advance(120_000);
			expect(kills).toBeGreaterThan(10);
			await expectTruth(world, fleet, id);
		}
	}, 60_000);

	it("though the table store does not answer for two minutes", async () => {
		let out = false;
		const fate = { dead: false, out: () => out };
		const world = new World({ table: (memory) => mortal(memory, fate) });
		const fleet = new SimulatedFleet(world);
		const { id } = await startJob(world, job({ rate: RATE }));
		await world.clock.advance(8_000);
		out = true;
		await world.clock.advance(120_000);
		out = false;
		await passUntilEnded(world, id, () => world.clock.advance(5_000));
		await world.clock.advance(120_000);
		await expectTruth(world, fleet, id);
	}, 60_000);
});
