import { beforeEach, describe, expect, it } from "vitest";
import type { ServicesCall } from "../../shared/iot/platform.ts";
import { devicesOf, getJob, startJob, sum, until } from "../support/fleet/fleet.ts";
import {
	lost,
	refused,
	sent,
	takenTogether,
	throttled,
} from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const MODEL = JSON.stringify({
	services: [
		{ identifier: "Set", callType: "async", inputData: [] },
		{ identifier: "Now", callType: "sync", inputData: [] },
	],
});

let world: World;
let messages = 0;
beforeEach(() => {
	world = new World();
	world.platform.models.set("pk", MODEL);
	messages = 0;
	world.platform.script = ({ device }) => replied(device.deviceName ?? "");
	world.platform.scriptTogether = (call) => repliedTogether(call);
});

const REPLY_MS = 300;

/** The device's reply comes by the queue, a moment later. */
function replied(deviceName: string) {
	const messageId = `${++messages}`;
	world.clock.after(REPLY_MS, () => void replyOf(deviceName, messageId));
	return sent(messageId);
}

function repliedTogether(call: ServicesCall) {
	for (const name of call.deviceNames) {
		const messageId = `${++messages}`;
		world.clock.after(REPLY_MS, () => void replyOf(name, messageId));
	}
	return takenTogether;
}

const replyOf = (deviceName: string, messageId: string, service = "Set") =>
	world.hears(`/pk/${deviceName}/thing/downlink/reply/message`, {
		iotId: `iot-${deviceName}`,
		productKey: "pk",
		deviceName,
		gmtCreate: 1,
		requestId: messageId,
		code: 200,
		message: "success",
		topic: `/sys/pk/${deviceName}/thing/service/${service}`,
		data: {},
	});

const job = (count: number, more: object = {}) => ({
	targets: { devices: devicesOf(count) },
	command: { service: "Set", args: {} },
	...more,
});

const everyDevice = () => [
	...world.platform.calls.map(({ device }) => device.deviceName ?? ""),
	...world.platform.callsTogether.flatMap(({ deviceNames }) => deviceNames),
];

describe("a job's commands", () => {
	it("go together in full calls, beside single ones, and each reply finds its command", async () => {
		const { id } = await startJob(world, job(3_000));
		const done = await until(world, id, ["completed"]);
		expect(done.counts).toEqual({ succeeded: 3_000 });
		expect(new Set(everyDevice()).size).toBe(3_000);
		expect(everyDevice()).toHaveLength(3_000);
		const together = world.platform.callsTogether;
		expect(together.length).toBeGreaterThan(10);
		const devices = together.reduce((all, { deviceNames }) => all + deviceNames.length, 0);
		expect(devices / together.length).toBeGreaterThan(70);
		for (const { at } of together) {
			const within = together.filter((one) => one.at >= at && one.at < at + 1_000);
			expect(within.length).toBeLessThanOrEqual(10);
		}
	}, 30_000);

	it("go alone in waves that try it out, and where the service is synchronous", async () => {
		const { id } = await startJob(world, job(400, { waves: [{ count: 300 }, { percent: 100 }] }));
		await until(world, id, ["completed"]);
		expect(world.platform.callsTogether).toHaveLength(0);
		const command = { service: "Now", args: {}, replyTimeout: 0 };
		await until(world, (await startJob(world, { ...job(400), command })).id, ["completed"]);
		expect(world.platform.callsTogether).toHaveLength(0);
	});

	it("fail alone, though they were refused together", async () => {
		const bad = new Set(["d000007", "d000300"]);
		const answer = (names: readonly string[]) =>
			names.some((name) => bad.has(name)) ? refused("iot.device.NotExistedDevice") : undefined;
		world.platform.script = ({ device }) =>
			answer([device.deviceName ?? ""]) ?? replied(device.deviceName ?? "");
		world.platform.scriptTogether = (call) => answer(call.deviceNames) ?? repliedTogether(call);
		const { id } = await startJob(world, job(1_000));
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 998, failed: 2 });
		const failed = await world.request("GET", `/v1/jobs/${id}/devices?state=failed`);
		const { devices } = failed.body as unknown as { devices: { deviceName: string }[] };
		expect(new Set(devices.map(({ deviceName }) => deviceName))).toEqual(bad);
	}, 30_000);

	it("are unknown when the answer is lost, until a late reply says more", async () => {
		let first: readonly string[] = [];
		world.platform.scriptTogether = (call, count) => {
			if (count > 1) return repliedTogether(call);
			first = call.deviceNames;
			return lost;
		};
		const { id } = await startJob(world, job(1_000));
		const done = await until(world, id, ["completed"]);
		expect(done.counts).toEqual({ succeeded: 1_000 - first.length, unknown: first.length });
		for (const [index, name] of first.entries()) {
			if (index % 2 === 0) await world.clock.run(replyOf(name, `late-${index}`));
		}
		const half = Math.ceil(first.length / 2);
		expect((await getJob(world, id)).counts).toEqual({
			succeeded: 1_000 - first.length + half,
			unknown: first.length - half,
		});
	}, 30_000);

	it("are sent again when the call was throttled", async () => {
		world.platform.scriptTogether = (call, count) =>
			count % 2 === 1 ? throttled : repliedTogether(call);
		const { id } = await startJob(world, job(1_000));
		const done = await until(world, id, ["completed"]);
		expect(done.counts).toEqual({ succeeded: 1_000 });
		expect(sum(done.counts)).toBe(1_000);
	}, 30_000);
});
