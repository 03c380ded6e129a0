import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import {
	type ShownCommand,
	startVirtualCloud,
	type VirtualCloud,
} from "../support/cloud/virtual-cloud.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Between two attempts. */
const LONGEST_PAUSE_MS = 10_000;

let project: string;
let world: VirtualCloud;

beforeAll(async () => {
	project = await buildProject();
	world = await startVirtualCloud(project);
});
afterEach(() => world.cloud.faults.clear());
afterAll(async () => {
	await world?.close();
	removeProject(project);
});

const age = ({ createdAt, updatedAt }: ShownCommand) =>
	Date.parse(updatedAt) - Date.parse(createdAt);

describe("hours of the whole local cloud, in virtual time", () => {
	it("a command whose device stays silent is timed out after its hour, not before", async () => {
		await world.cloud.faults.start({ fault: "silence devices" });
		const { id } = await world.send({ service: "Reboot", replyTimeout: 3_600 });
		await world.clock.advance(HOUR_MS - SECOND_MS);
		expect(await world.command(id)).toMatchObject({ state: "sent" });
		await world.clock.advance(2 * SECOND_MS);
		const command = await world.command(id);
		expect(command).toMatchObject({ state: "timed_out", error: { code: "ReplyTimeout" } });
	}, 60_000);

	it("a command that is throttled all the time expires to the second, and never reaches the device", async () => {
		await world.cloud.faults.start({ fault: "throttle iot", seconds: 600 });
		const before = world.deliveries().length;
		const { id } = await world.send({ service: "Set", expiresIn: 60 });
		await world.clock.advance(59 * SECOND_MS);
		expect(await world.command(id)).toMatchObject({ state: "waiting" });
		await world.clock.advance(2 * SECOND_MS);
		const command = await world.command(id);
		expect(command).toMatchObject({ state: "expired", error: { code: "Expired" } });
		expect(command.attempts.length).toBeGreaterThan(5);
		for (const { code } of command.attempts) expect(code).toBe("Throttling.User");
		expect(world.deliveries()).toHaveLength(before);
	}, 60_000);

	it("a command that is throttled for a minute is sent once they are over", async () => {
		await world.cloud.faults.start({ fault: "throttle iot", seconds: 60 });
		const { id } = await world.send({ service: "Set", args: { param1: 10 } });
		await world.clock.advance(2 * MINUTE_MS);
		const command = await world.command(id);
		expect(command).toMatchObject({ state: "succeeded" });
		expect(age(command)).toBeGreaterThanOrEqual(MINUTE_MS);
		expect(age(command)).toBeLessThanOrEqual(MINUTE_MS + LONGEST_PAUSE_MS);
	}, 60_000);

	it("parked commands are sent when their device is back after ten minutes", async () => {
		await world.cloud.faults.start({ fault: "unplug devices", seconds: 600 });
		const before = world.deliveries().length;
		const parked: ShownCommand[] = [];
		for (const param1 of [1, 2, 3]) {
			parked.push(await world.send({ service: "Set", args: { param1 }, whenOffline: "wait" }));
		}
		await world.clock.advance(9 * MINUTE_MS);
		for (const { id } of parked) {
			expect(await world.command(id)).toMatchObject({ state: "waiting" });
		}
		expect(world.deliveries()).toHaveLength(before);
		await world.clock.advance(2 * MINUTE_MS);
		for (const { id } of parked) {
			expect(await world.command(id)).toMatchObject({ state: "succeeded" });
		}
		const received = world.deliveries().slice(before);
		expect(received.map(({ params }) => params).toSorted()).toEqual([
			'{"param1":1}',
			'{"param1":2}',
			'{"param1":3}',
		]);
	}, 60_000);

	it("a synchronous service whose device is silent ends after the platform's five seconds", async () => {
		await world.cloud.faults.start({ fault: "silence devices" });
		const { id } = await world.send({ service: "Get" });
		await world.clock.advance(4_999);
		expect(await world.command(id)).toMatchObject({ state: "sending" });
		await world.clock.advance(1);
		expect(await world.command(id)).toMatchObject({ state: "unknown" });
	}, 60_000);
});
