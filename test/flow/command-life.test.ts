import { describe, expect, it } from "vitest";
import { answered, lost, refused, sent, throttled } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

describe("a command that is sent", () => {
	it("to a synchronous service ends with the device's result", async () => {
		const world = new World();
		world.platform.script = () => answered(200, '{"big":9007199254740993}');
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		const command = await world.get(id);
		expect(command.state).toBe("succeeded");
		expect(command["result"]).toContain('"data":{"big":9007199254740993}');
		expect(command.attempts).toHaveLength(1);
	});

	it("to a synchronous service whose device refuses ends as failed, with the device's code", async () => {
		const world = new World();
		world.platform.script = () => answered(460);
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		expect(await world.get(id)).toMatchObject({ state: "failed", error: { code: "460" } });
	});

	it("to an asynchronous service awaits the device's reply", async () => {
		const world = new World();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		expect(await world.get(id)).toMatchObject({ state: "sent", messageId: "m1" });
		await world.reply("m1", 200, { data: { done: 1 } });
		expect(await world.get(id)).toMatchObject({
			state: "succeeded",
			reply: { code: 200, data: { done: 1 } },
			result: '{"code":200,"data":{"done":1},"id":"m1","message":"success"}',
		});
	});

	it("is closed by a reply that overtakes the outcome row", async () => {
		const world = new World();
		world.platform.script = async () => {
			await world.queue(replyEvent("m1"), { requestId: "early" });
			return sent("m1");
		};
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		expect(await world.get(id)).toMatchObject({ state: "succeeded", reply: { code: 200 } });
	});

	it("is not closed by the reply of another device with the same message id", async () => {
		const world = new World();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		await world.reply("m1", 200, { iotId: "iot-2", productKey: "pk", deviceName: "other" });
		expect((await world.get(id)).state).toBe("sent");
	});

	it("by iotId is closed by a reply, which names the device in every way", async () => {
		const world = new World();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({ device: { iotId: "iot-1" } });
		await world.clock.advance(1_000);
		await world.reply("m1");
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("without a reply to await succeeds when the platform has it", async () => {
		const world = new World();
		const { id } = await world.send({ replyTimeout: 0 });
		await world.clock.advance(1_000);
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("times out without a reply, to the second, and a late reply still closes it", async () => {
		const world = new World();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({ replyTimeout: 20 });
		await world.clock.advance(19_000);
		expect((await world.get(id)).state).toBe("sent");
		await world.clock.advance(2_000);
		expect(await world.get(id)).toMatchObject({
			state: "timed_out",
			error: { code: "ReplyTimeout" },
		});
		await world.reply("m1");
		expect((await world.get(id)).state).toBe("succeeded");
		await world.reply("m1", 460);
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("times out by the tick when nobody reads it", async () => {
		const world = new World();
		await world.send({ replyTimeout: 20 });
		await world.clock.advance(200_000);
		const [row] = world.memory.all("commands");
		expect(row?.columns["state_shard"]).toMatch(/^timed_out#/);
		expect(world.dueCommands()).toEqual([]);
	});
});

describe("a call that is throttled", () => {
	it("is repeated with growing pauses until it passes, every attempt recorded", async () => {
		const world = new World();
		world.platform.script = (_, count) => (count <= 5 ? throttled : answered());
		const { id } = await world.send({});
		await world.clock.advance(60_000);
		const command = await world.get(id);
		expect(command.state).toBe("succeeded");
		expect(command.attempts.map(({ code }) => code)).toEqual([
			...Array(5).fill("Throttling.User"),
			undefined,
		]);
	});

	it("waits visibly, and not beyond the command's expiry", async () => {
		const world = new World({ random: () => 0.999 });
		world.platform.script = () => throttled;
		const { id } = await world.send({ expiresIn: 30 });
		await world.clock.advance(1_000);
		expect(await world.get(id)).toMatchObject({
			state: "waiting",
			error: { code: "Throttling.User" },
		});
		await world.clock.advance(30_000);
		const command = await world.get(id);
		expect(command).toMatchObject({ state: "expired", error: { code: "Expired" } });
		const expiresAt = Date.parse(String(command["expiresAt"]));
		expect(world.platform.calls.every(({ at }) => at < expiresAt)).toBe(true);
		expect(command.attempts.length).toBe(world.platform.calls.length);
	});

	it("for an hour keeps the record small and the count right", async () => {
		const world = new World();
		world.platform.script = () => throttled;
		const { id } = await world.send({ expiresIn: 3600 });
		await world.clock.advance(3_700_000);
		const command = await world.get(id);
		expect(command.state).toBe("expired");
		expect(command.attempts).toHaveLength(100);
		expect(command.attempts.length + Number(command["attemptsOmitted"])).toBe(
			world.platform.calls.length,
		);
	});
});

describe("a call with another end", () => {
	it.each([
		["a refusal for good", refused("iot.device.NotExistedDevice"), "failed", 1],
		["a lost answer", lost, "unknown", 1],
		["a timeout of the device", refused("iot.messagebroker.TIMEOUT"), "unknown", 1],
		["an offline device", refused("iot.messagebroker.OFFLINE"), "failed", 1],
	] as const)("%s leaves the command %s", async (_, result, state, calls) => {
		const world = new World();
		world.platform.script = () => result;
		const { id } = await world.send({});
		await world.clock.advance(300_000);
		const command = await world.get(id);
		expect(command.state).toBe(state);
		expect(command.error?.code).toBe(result.code);
		expect(world.platform.calls).toHaveLength(calls);
	});

	it("is sent again after a lost answer if the command says so", async () => {
		const world = new World();
		world.platform.script = (_, count) => (count === 1 ? lost : answered());
		const { id } = await world.send({ onUnknown: "resend" });
		await world.clock.advance(60_000);
		const command = await world.get(id);
		expect(command.state).toBe("succeeded");
		expect(command.attempts.map(({ code }) => code)).toEqual(["ClientTimeout", undefined]);
	});

	it.each(["unreachable", "transient"] as const)("%s is repeated", async (kind) => {
		const world = new World();
		const failure =
			kind === "unreachable"
				? ({ kind, code: "ECONNREFUSED", message: "" } as const)
				: refused("iot.system.SystemException");
		world.platform.script = (_, count) => (count < 3 ? failure : answered());
		const { id } = await world.send({});
		await world.clock.advance(60_000);
		expect((await world.get(id)).state).toBe("succeeded");
	});
});

describe("a device that is offline", () => {
	const offline = refused("iot.messagebroker.OFFLINE");

	it("is waited for, and gets the command as soon as it is online", async () => {
		const world = new World();
		world.ticking = false;
		world.platform.script = (_, count) => (count === 1 ? offline : answered());
		const { id } = await world.send({ whenOffline: "wait" });
		await world.clock.advance(1_000);
		expect((await world.get(id)).state).toBe("waiting");
		await world.status("offline");
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		await world.status("online");
		await world.clock.advance(1_000);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.dueCommands()).toEqual([]);
	});

	it("is looked for again although its status was lost", async () => {
		const world = new World();
		world.platform.script = (_, count) => (count < 3 ? offline : answered());
		const { id } = await world.send({ whenOffline: "wait" });
		await world.clock.advance(600_000);
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("ends the waiting when the command expires", async () => {
		const world = new World();
		world.platform.script = () => offline;
		const { id } = await world.send({ whenOffline: "wait", expiresIn: 900 });
		await world.clock.advance(1_000_000);
		expect((await world.get(id)).state).toBe("expired");
		expect(world.platform.calls.length).toBeLessThan(12);
	});

	it("is known by the reply, too: a delivery failure parks the command", async () => {
		const world = new World();
		world.ticking = false;
		world.platform.script = (_, count) => sent(`m${count}`);
		const { id } = await world.send({ whenOffline: "wait" });
		await world.clock.advance(1_000);
		await world.reply("m1", 9201);
		expect((await world.get(id)).state).toBe("waiting");
		await world.status("online");
		await world.clock.advance(1_000);
		await world.reply("m2");
		expect((await world.get(id)).state).toBe("succeeded");
	});
});

describe("the arguments", () => {
	const model = JSON.stringify({
		services: [
			{
				identifier: "Set",
				inputData: [
					{ identifier: "f", dataType: { type: "float" } },
					{ identifier: "i", dataType: { type: "int" } },
				],
			},
		],
	});

	it("arrive as the thing model wants them, which is fetched once", async () => {
		const world = new World();
		world.platform.models.set("pk", model);
		await Promise.all([1, 2, 3].map(() => world.send({ args: { f: 10, i: 5, other: 1 } })));
		await world.clock.advance(1_000);
		expect(world.platform.calls.map(({ args }) => args)).toEqual(
			Array(3).fill('{"f":10.0,"i":5,"other":1}'),
		);
		expect(world.platform.modelFetches).toBe(1);
	});

	it("keep every digit of large integers", async () => {
		const world = new World();
		world.platform.models.set("pk", model);
		const body = `{"device":${JSON.stringify(LIGHT)},"service":"Set","args":{"i":9007199254740993}}`;
		const { body: command, text } = await world.request("POST", "/v1/commands", { body });
		expect(text).toContain('"args":{"i":9007199254740993}');
		await world.clock.advance(1_000);
		expect(world.platform.calls[0]?.args).toBe('{"i":9007199254740993}');
		expect((await world.request("GET", `/v1/commands/${command.id}`)).text).toContain(
			"9007199254740993",
		);
	});

	it("go byte for byte when they come as text, without asking for a model", async () => {
		const world = new World();
		const args = ' { "f" : 10 , "x": 1e3 } ';
		await world.send({ args });
		await world.clock.advance(1_000);
		expect(world.platform.calls[0]?.args).toBe(args);
		expect(world.platform.modelFetches).toBe(0);
	});

	it("go as they are where the product has no model that can be read", async () => {
		const world = new World();
		await world.send({ args: { f: 10 } });
		await world.clock.advance(1_000);
		expect(world.platform.calls[0]?.args).toBe('{"f":10}');
	});
});

function replyEvent(requestId: string): Buffer {
	const payload = { iotId: "iot-1", ...LIGHT, requestId, code: 200, message: "success", data: {} };
	return Buffer.from(JSON.stringify(payload));
}
