import { beforeEach, describe, expect, it } from "vitest";
import type { ServicesCall } from "../../shared/iot/platform.ts";
import { devicesOf, getJob, startJob, until } from "../support/fleet/fleet.ts";
import { sent, takenTogether } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const MODEL = JSON.stringify({
	services: [{ identifier: "Set", callType: "async", inputData: [] }],
});
const DEVICES = 400;

let world: World;
let messages = 0;
/** Replies that a test holds back. */
let held: Array<() => Promise<unknown>> = [];
let holds: (deviceName: string) => boolean = () => false;
beforeEach(() => {
	world = new World();
	world.platform.models.set("pk", MODEL);
	messages = 0;
	held = [];
	holds = () => false;
	world.platform.script = ({ device }) => answer(device.deviceName ?? "");
	world.platform.scriptTogether = ({ deviceNames }: ServicesCall) => {
		for (const name of deviceNames) answer(name);
		return takenTogether;
	};
});

function answer(deviceName: string) {
	const messageId = `m${++messages}`;
	const replies = () => replyOf(deviceName, messageId);
	if (holds(deviceName)) held.push(replies);
	else world.clock.after(300, () => void replies());
	return sent(messageId);
}

const replyOf = (deviceName: string, messageId: string, code = 200) =>
	world.hears(`/pk/${deviceName}/thing/downlink/reply/message`, {
		iotId: `iot-${deviceName}`,
		productKey: "pk",
		deviceName,
		gmtCreate: 1,
		requestId: messageId,
		code,
		message: code === 200 ? "success" : "refused",
		topic: `/sys/pk/${deviceName}/thing/service/Set`,
		data: {},
	});

const job = (count = DEVICES, more: object = {}) =>
	startJob(world, {
		targets: { devices: devicesOf(count) },
		command: { service: "Set", args: {}, replyTimeout: 120 },
		...more,
	});
const releaseAll = async () => {
	for (const reply of held.splice(0)) await world.clock.run(reply());
};
/** A device that was sent to in a call for many. */
const oneOfMany = () => world.platform.callsTogether[0]?.deviceNames[0] ?? "";

describe("a reply to a job's command", () => {
	it("needs no row of its own, neither before nor after it has come", async () => {
		const { id } = await job();
		await until(world, id, ["completed"]);
		expect(world.platform.callsTogether.length).toBeGreaterThan(0);
		expect(world.memory.all("replies")).toHaveLength(0);
	});

	it("finds it though it comes before the call is noted", async () => {
		world.platform.script = async ({ device }) => {
			const messageId = `m${++messages}`;
			void replyOf(device.deviceName ?? "", messageId);
			await world.clock.sleep(200);
			return sent(messageId);
		};
		const { id } = await job(20);
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 20 });
		const { commands } = (await world.request("GET", `/v1/commands?job=${id}&limit=100`))
			.body as unknown as { commands: { messageId?: string; attempts: unknown[] }[] };
		// What the call has shown is noted all the same.
		expect(commands.every(({ attempts }) => attempts.length === 1)).toBe(true);
	});

	it("is not taken for that of another command that is being sent at the same time", async () => {
		holds = () => true;
		const { id } = await job();
		await world.clock.advance(5_000);
		const name = oneOfMany();
		// The reply to a command of somebody else overtakes the answer to its call.
		world.platform.script = async () => {
			void replyOf(name, "other", 460);
			await world.clock.sleep(400);
			return sent("other");
		};
		const other = await world.send({ device: { productKey: "pk", deviceName: name } });
		await world.clock.advance(3_000);
		expect(await world.get(other.id)).toMatchObject({ state: "failed", reply: { code: 460 } });
		expect((await getJob(world, id)).counts).toEqual({ sent: DEVICES });
		await releaseAll();
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: DEVICES });
	});

	it("finds the right one of two jobs that send the same service to the same devices", async () => {
		holds = () => true;
		const first = await job();
		await world.clock.advance(5_000);
		const before = world.platform.callsTogether.length;
		expect(before).toBeGreaterThan(0);
		const wasTogether = new Set(world.platform.callsTogether.flatMap((call) => call.deviceNames));
		const second = await job();
		await world.clock.advance(5_000);
		// Where the first one's reply may still come, the second sends alone.
		const again = world.platform.callsTogether.slice(before).flatMap((call) => call.deviceNames);
		expect(again.filter((name) => wasTogether.has(name))).toEqual([]);
		await releaseAll();
		for (const { id } of [first, second]) {
			expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: DEVICES });
		}
	});

	it("is found by the job's last round, and after the job has ended", async () => {
		holds = () => true;
		const { id } = await job(20, { waves: [{ count: 19 }, { percent: 100 }] });
		await world.clock.advance(130_000);
		await world.clock.advance(150_000);
		expect((await until(world, id, ["completed"])).counts).toEqual({ timed_out: 20 });
		const late = held.splice(0);
		await world.request("POST", `/v1/jobs/${id}/retry`);
		await world.clock.advance(5_000);
		await releaseAll();
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 20 });
		for (const reply of late) await world.clock.run(reply());
		expect((await getJob(world, id)).counts).toEqual({ succeeded: 20 });
	});
});
