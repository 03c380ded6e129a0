import { beforeEach, describe, expect, it } from "vitest";
import { change, devicesOf, getJob, startJob, sum, until } from "../support/fleet/fleet.ts";
import { answered, refused } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

let world: World;
beforeEach(() => {
	world = new World();
	world.platform.script = () => answered();
});

const job = (count: number, more: object = {}) => ({
	targets: { devices: devicesOf(count) },
	command: { service: "Set", args: {} },
	...more,
});

describe("a job", () => {
	it("sends each device one command, wave by wave, and says what became of them", async () => {
		const waves = [{ count: 10 }, { percent: 30 }, { percent: 100 }];
		const { id } = await startJob(world, job(300, { waves }));
		const done = await until(world, id, ["completed"]);
		expect(done).toMatchObject({ targets: 300, counts: { succeeded: 300 } });
		expect(done.waves.map(({ targets, counts }) => [targets, counts])).toEqual([
			[10, { succeeded: 10 }],
			[80, { succeeded: 80 }],
			[210, { succeeded: 210 }],
		]);
		const names = world.platform.calls.map(({ device }) => device.deviceName);
		expect(new Set(names).size).toBe(300);
		expect(names).toHaveLength(300);
	});

	it("is paused by its stop rule as soon as that is reached", async () => {
		world.platform.script = () => refused("iot.device.NotExistedDevice");
		// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
		const stop = [{ states: ["failed"], percent: 10, minimum: 5, then: "pause" }];
		const { id } = await startJob(
			world,
			job(300, { waves: [{ count: 20 }, { percent: 100 }], stop }),
		);
		const paused = await until(world, id, ["paused"]);
		expect(paused.counts).toEqual({ waiting: 295, failed: 5 });
		expect(paused.reason).toContain("of 5 devices ended failed");
		expect(world.platform.calls).toHaveLength(5);

		world.platform.script = () => answered();
		expect((await change(world, id, "resume")).status).toBe(200);
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 295, failed: 5 });
		expect((await change(world, id, "retry")).status).toBe(200);
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 300 });
	});

	it("pauses and resumes by request, and accounts for every device at any time", async () => {
		const { id } = await startJob(world, job(400, { rate: { perSecond: 20 } }));
		await world.clock.advance(5_000);
		expect(await (await change(world, id, "pause")).body).toMatchObject({ state: "paused" });
		await world.clock.advance(2_000);
		const paused = await getJob(world, id);
		expect(sum(paused.counts)).toBe(400);
		expect(paused.counts?.["succeeded"]).toBeGreaterThan(80);
		expect(paused.counts?.["succeeded"]).toBeLessThan(140);
		await world.clock.advance(60_000);
		expect((await getJob(world, id)).counts).toEqual(paused.counts);
		await change(world, id, "resume");
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 400 });
	});

	it("cancels what is not sent", async () => {
		const { id } = await startJob(world, job(400, { rate: { perSecond: 20 } }));
		await world.clock.advance(5_000);
		await change(world, id, "cancel");
		const { counts } = await until(world, id, ["canceled"]);
		expect(sum(counts)).toBe(400);
		expect(counts?.["canceled"]).toBeGreaterThan(250);
		expect(world.platform.calls.length).toBe(counts?.["succeeded"]);
	});

	it("waits for approval, and soaks", async () => {
		const waves = [{ count: 1 }, { percent: 100 }];
		const { id } = await startJob(world, job(5, { waves, advance: "approve", soakSeconds: 60 }));
		await world.clock.advance(30_000);
		expect((await getJob(world, id)).state).toBe("soaking");
		expect((await change(world, id, "approve")).status).toBe(409);
		await until(world, id, ["waiting_for_approval"]);
		expect(world.platform.calls).toHaveLength(1);
		await change(world, id, "approve");
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 5 });
	});

	it("is one job for one idempotency key", async () => {
		const headers = { "Idempotency-Key": "k" };
		const ids = await Promise.all(
			[1, 2].map(async () => {
				const answer = await world.request("POST", "/v1/jobs", { body: job(3), headers });
				return answer.body.id;
			}),
		);
		expect(new Set(ids).size).toBe(1);
	});
});
