import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { change, devicesOf, getJob, startJob, sum, until } from "../support/fleet/fleet.ts";
import { answered, refused } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const DEVICES = 400;
const documented = [
	...readFileSync("docs/jobs.md", "utf8").matchAll(/```json\n([\s\S]*?)```/g),
].map(([, text]) => JSON.parse(text ?? "") as object);
const [, aws = {}, hawkBit = {}, argo = {}] = documented;

let world: World;
beforeEach(async () => {
	world = new World();
	world.platform.script = () => answered();
	for (const { productKey, deviceName } of devicesOf(DEVICES)) {
		await world.stores.devices.note(productKey, deviceName, 0, (device) => device);
	}
});

describe("what docs/jobs.md takes from elsewhere", () => {
	it("is four jobs", () => {
		expect(documented).toHaveLength(4);
	});

	it("AWS: a growing rate, and an end at 20 % failed from 100 devices on", async () => {
		const { id } = await startJob(world, aws);
		await world.clock.advance(60_000);
		// 50 a minute, until 1,000 have succeeded.
		expect(world.platform.calls.length).toBeGreaterThan(47);
		expect(world.platform.calls.length).toBeLessThan(53);
		world.platform.script = (_call, count) =>
			count % 2 === 0 ? refused("iot.device.NotExistedDevice") : answered();
		const ended = await until(world, id, ["canceled"], { everyMs: 5_000 });
		const { failed = 0, succeeded = 0 } = ended.counts ?? {};
		expect(failed + succeeded).toBeGreaterThanOrEqual(100);
		expect(failed / (failed + succeeded)).toBeCloseTo(0.25, 1);
		expect(sum(ended.counts)).toBe(DEVICES);
	}, 30_000);

	it("hawkBit: groups that begin once half of the one before has succeeded, and a threshold of errors", async () => {
		const { id } = await startJob(world, hawkBit);
		const done = await until(world, id, ["completed"]);
		expect(done.waves.map(({ targets }) => targets)).toEqual([40, 180, 180]);
		expect(done.counts).toEqual({ succeeded: DEVICES });
		world.platform.script = (_call, count) =>
			count % 5 === 0 ? refused("iot.device.NotExistedDevice") : answered();
		const paused = await until(world, (await startJob(world, hawkBit)).id, ["paused"]);
		expect(paused.counts?.["failed"]).toBeLessThanOrEqual(8);
	}, 30_000);

	it("Argo: a canary that waits for a person, then goes on by itself", async () => {
		const { id } = await startJob(world, argo);
		const waiting = await until(world, id, ["waiting_for_approval"]);
		expect(waiting.counts).toEqual({ succeeded: 80, waiting: 320 });
		await world.clock.advance(600_000);
		expect((await getJob(world, id)).counts).toEqual({ succeeded: 80, waiting: 320 });
		await change(world, id, "approve");
		await world.clock.advance(5_000);
		expect((await getJob(world, id)).counts).toEqual({ succeeded: 160, waiting: 240 });
		const begun = world.clock.now();
		await until(world, id, ["completed"]);
		expect(world.clock.now() - begun).toBeGreaterThan(24_000);
	}, 30_000);
});
