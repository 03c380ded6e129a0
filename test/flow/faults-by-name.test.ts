import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../support/cloud/virtual-cloud.ts";

const MINUTE_MS = 60_000;

let project: string;
let world: VirtualCloud;

beforeAll(async () => {
	project = await buildProject();
	world = await startVirtualCloud(project);
});
afterEach(async () => {
	world.cloud.faults.clear();
	await world.clock.advance(MINUTE_MS);
});
afterAll(async () => {
	await world?.close();
	removeProject(project);
});

const start = (fault: string, more: object = {}) => world.cloud.faults.start({ fault, ...more });

/** Sends a command and lets `ms` pass. @returns what became of it. */
async function outcomeAfter(ms: number, command: object) {
	const { id } = await world.send(command);
	await world.clock.advance(ms);
	return world.command(id);
}

const marked = (mark: number) =>
	world.deliveries("Set").filter(({ params }) => params === `{"param1":${mark}}`);

describe("a fault by its name", () => {
	it("kill worker: a command that was under way is unknown once its lease is over", async () => {
		await start("silence devices");
		const { id } = await world.send({ service: "Get" });
		await world.clock.advance(1_000);
		expect(await world.command(id)).toMatchObject({ state: "sending" });
		expect(await start("kill worker")).toEqual({
			fault: "kill worker",
			detail: "instances killed: 1",
		});
		await world.clock.advance(2 * MINUTE_MS);
		expect(await world.command(id)).toMatchObject({ state: "unknown" });
	});

	it("stall tablestore: callers are told within two seconds, and what is under way goes on", async () => {
		await start("stall tablestore", { seconds: 5 });
		const startedAt = world.clock.now();
		const refused = await world.clock.run(world.trySend({ service: "Set", args: { param1: 1 } }));
		expect(refused).toMatchObject({ status: 503, retryAfter: "1" });
		expect(world.clock.now() - startedAt).toBeLessThanOrEqual(2_000);
		// It may be accepted all the same; its id tells.
		await world.clock.advance(2 * MINUTE_MS);
		const { id } = await world.clock.run(world.send({ service: "Set", args: { param1: 1 } }));
		await world.clock.advance(MINUTE_MS);
		expect(await world.command(id)).toMatchObject({ state: "succeeded" });
	});

	it("fail tablestore: half of the requests fail, and the command succeeds", async () => {
		await start("fail tablestore", { share: 0.5 });
		const sent = world.send({ service: "Set", args: { param1: 2 } });
		const { id } = await world.clock.run(sent);
		await world.clock.advance(MINUTE_MS);
		world.cloud.faults.clear();
		await world.clock.advance(3 * MINUTE_MS);
		expect(await world.command(id)).toMatchObject({ state: "succeeded" });
		expect(marked(2)).toHaveLength(1);
	});

	it("mute tablestore: a write whose answer is lost is looked up, and counts once", async () => {
		await start("mute tablestore", { operations: ["PutRow", "BatchWriteRow"], seconds: 0.2 });
		const { id } = await world.clock.run(world.send({ service: "Set", args: { param1: 3 } }));
		await world.clock.advance(3 * MINUTE_MS);
		expect(await world.command(id)).toMatchObject({ state: "succeeded" });
		expect(marked(3)).toHaveLength(1);
	});

	it("fail iot: calls are repeated until it ends", async () => {
		await start("fail iot", { seconds: 10 });
		const command = await outcomeAfter(MINUTE_MS, { service: "Set", args: { param1: 4 } });
		expect(command).toMatchObject({ state: "succeeded" });
		expect(command.attempts[0]).toMatchObject({ code: "iot.system.SystemException" });
		expect(command.attempts.at(-1)?.code).toBeUndefined();
		expect(marked(4)).toHaveLength(1);
	});

	it.each(["reset iot", "cut iot"])(
		"%s: the answer is lost, and the device's reply tells that it has it",
		async (name) => {
			await start(name);
			const command = await outcomeAfter(1_000, { service: "Set", args: { param1: 5 } });
			expect(command).toMatchObject({ state: "succeeded" });
			expect(command.attempts.at(-1)?.code).toBeDefined();
		},
	);

	it.each(["reset iot", "cut iot"])(
		"%s: where the device is silent, too, nobody can say whether it has it",
		async (name) => {
			await start(name);
			await start("silence devices");
			const command = await outcomeAfter(1_000, { service: "Set", args: { param1: 15 } });
			expect(command).toMatchObject({ state: "unknown" });
		},
	);

	it("mute iot: the device has it, and the call stays without an answer", async () => {
		// Those before had no answer: after a few more of them the worker would wait for the platform.
		await outcomeAfter(2_000, { service: "Set", args: { param1: 17 } });
		await start("mute iot");
		const { id } = await world.send({ service: "Set", args: { param1: 6 } });
		await world.clock.advance(1_000);
		expect(await world.command(id)).toMatchObject({ state: "sending" });
		expect(marked(6)).toHaveLength(1);
	});

	it("stall iot: the answer comes when it ends", async () => {
		await start("stall iot", { seconds: 2 });
		const { id } = await world.send({ service: "Set", args: { param1: 7 } });
		await world.clock.advance(1_999);
		expect(await world.command(id)).toMatchObject({ state: "sending" });
		await world.clock.advance(1_000);
		expect(await world.command(id)).toMatchObject({ state: "succeeded" });
	});

	it("drop mqtt: a simulated device is gone for half a second and then back", async () => {
		await start("drop mqtt");
		await world.clock.advance(499);
		expect(world.cloud.fleet.device("device-001").online).toBe(false);
		await world.clock.advance(1);
		expect(world.cloud.fleet.device("device-001").online).toBe(true);
		const command = await outcomeAfter(1_000, { service: "Set", args: { param1: 8 } });
		expect(command).toMatchObject({ state: "succeeded" });
	});

	it("two at once strike both, and the end of one leaves the other", async () => {
		await start("throttle iot");
		await start("fail iot", { code: "ServiceUnavailable", share: 0 });
		world.cloud.faults.end("fail iot");
		expect(world.cloud.faults.active.map(({ fault }) => fault)).toEqual(["throttle iot"]);
		const command = await outcomeAfter(1_000, { service: "Set", args: { param1: 9 } });
		expect(command).toMatchObject({ state: "waiting", error: { code: "Throttling.User" } });
	});
});
