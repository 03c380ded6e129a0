import { beforeEach, describe, expect, it } from "vitest";
import { devicesOf, startJob, until } from "../support/fleet/fleet.ts";
import { SimulatedFleet } from "../support/fleet/simulated-fleet.ts";
import { sent } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

let world: World;
beforeEach(() => {
	world = new World();
	world.platform.script = ({ args }) => sent(`m${JSON.parse(args).n}`);
});

const send = (n: number, more: object = {}) =>
	world.send({ args: { n }, order: "device", replyTimeout: 60, ...more });
const calls = () => world.platform.calls.map(({ args }) => JSON.parse(args).n as number);

describe("commands that are to keep a device's order", () => {
	it("are sent when the one before has ended, and at once then", async () => {
		const [first, second, third] = [await send(1), await send(2), await send(3)];
		expect(second["after"]).toEqual({ command: first.id });
		await world.clock.advance(5_000);
		expect(calls()).toEqual([1]);
		await world.reply("m1");
		await world.clock.advance(100);
		expect(calls()).toEqual([1, 2]);
		await world.reply("m2");
		await world.clock.advance(100);
		expect(calls()).toEqual([1, 2, 3]);
		await world.reply("m3");
		const states = await Promise.all([first, second, third].map(({ id }) => world.get(id)));
		expect(states.map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded"]);
	});

	it("do not wait for those that do not ask for it, nor for other devices", async () => {
		await send(1);
		await world.send({ args: { n: 2 } });
		await send(3, { device: { productKey: "pk", deviceName: "other" } });
		await world.clock.advance(1_000);
		expect(calls()).toEqual([1, 2, 3]);
	});

	it("go on when the one before times out, fails, expires or is canceled", async () => {
		const first = await send(1, { replyTimeout: 30 });
		const second = await send(2, { expiresIn: 600 });
		await send(3);
		await world.clock.advance(1_000);
		await world.request("POST", `/v1/commands/${second.id}/cancel`);
		await world.clock.advance(1_000);
		// The canceled one had not its turn yet: the third comes behind what it waited for.
		expect(calls()).toEqual([1]);
		await world.clock.advance(120_000);
		expect((await world.get(first.id)).state).toBe("timed_out");
		expect(calls()).toEqual([1, 3]);
	});

	it("wait no longer than they may", async () => {
		await send(1, { replyTimeout: 3_600 });
		const late = await send(2, { expiresIn: 60 });
		await world.clock.advance(180_000);
		expect(await world.get(late.id)).toMatchObject({ state: "expired" });
		expect(calls()).toEqual([1]);
	});

	it("are found by schedules when a run is due, and by jobs, which send them one by one", async () => {
		const when = { every: 120 };
		const command = { device: LIGHT, service: "Set", args: { n: 100 }, order: "device" };
		const schedule = await world.request("POST", "/v1/schedules", { body: { when, command } });
		expect(schedule.status).toBe(201);
		// Accepted after the run was stored, and long before it is due.
		await world.clock.advance(1_000);
		await send(1, { replyTimeout: 200 });
		await world.clock.advance(130_000);
		expect(calls()).toEqual([1]);
		await world.reply("m1");
		await world.clock.advance(1_000);
		expect(calls()).toEqual([1, 100]);
	});

	it("keep their order through a job over many devices", async () => {
		world = new World();
		const fleet = new SimulatedFleet(world);
		const job = (n: number) => ({
			targets: { devices: devicesOf(300) },
			command: { service: "Set", args: { n }, order: "device" },
		});
		const first = await startJob(world, job(1));
		await world.clock.advance(1_000);
		const second = await startJob(world, job(2));
		expect((await until(world, second.id, ["completed"])).counts).toEqual({ succeeded: 300 });
		expect((await until(world, first.id, ["completed"])).counts).toEqual({ succeeded: 300 });
		expect(world.platform.callsTogether).toHaveLength(0);
		expect(fleet.received.size).toBe(300);
		const byDevice = new Map<string, number[]>();
		for (const { device, args } of world.platform.calls) {
			const name = device.deviceName ?? "";
			byDevice.set(name, [...(byDevice.get(name) ?? []), JSON.parse(args).n]);
		}
		for (const order of byDevice.values()) expect(order).toEqual([1, 2]);
	});
});
