import { describe, expect, it } from "vitest";
import type { Table } from "../../shared/table/table.ts";
import { answered, lost, sent } from "../support/world/scripted-platform.ts";
import { type Shown, World } from "../support/world/world.ts";

const OF_SET = { topic: "/sys/pk/light/thing/service/Set_reply" };
const NEVER = () => new Promise<never>(() => {});

/** A worker that is killed while it sends: what it called never comes back to it. */
async function killedWhileSending(world: World, bodies: readonly object[]): Promise<Shown[]> {
	world.platform.script = NEVER;
	const commands: Shown[] = [];
	for (const body of bodies) {
		commands.push(await world.send(body));
		await world.clock.advance(100);
	}
	world.replaceWorker();
	return commands;
}

const afterLease = (world: World) => world.clock.advance(120_000);

describe("a worker that is killed while it sends", () => {
	it("leaves nothing unknown whose device replies within the lease", async () => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{}]);
		await world.reply("m1", 200, { ...OF_SET, data: { t: 1 } });
		await afterLease(world);
		const shown = await world.get(command?.id ?? "");
		expect(shown).toMatchObject({ state: "succeeded", messageId: "m1", reply: { data: { t: 1 } } });
		expect(world.dueCommands()).toEqual([]);
	});

	it("leaves failed what the device refuses", async () => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{}]);
		await world.reply("m1", 460, OF_SET);
		await afterLease(world);
		expect((await world.get(command?.id ?? "")).state).toBe("failed");
	});

	it("leaves waiting what the device was away for, if it is to wait", async () => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{ whenOffline: "wait" }]);
		await world.reply("m1", 9201, OF_SET);
		await world.clock.advance(40_000);
		world.platform.script = () => answered();
		expect((await world.get(command?.id ?? "")).state).toBe("waiting");
		await world.status("online");
		await world.clock.advance(1_000);
		expect((await world.get(command?.id ?? "")).state).toBe("succeeded");
	});

	it("sends nothing again that was replied to, also where that is allowed", async () => {
		const world = new World();
		await killedWhileSending(world, [{ onUnknown: "resend" }]);
		await world.reply("m1", 200, OF_SET);
		await afterLease(world);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("leaves as many as there are replies, each with one of its own", async () => {
		const world = new World();
		const commands = await killedWhileSending(world, [{}, {}, {}]);
		for (const n of [1, 2, 3]) await world.reply(`m${n}`, 200, OF_SET);
		await afterLease(world);
		const shown = await Promise.all(commands.map(({ id }) => world.get(id)));
		expect(shown.map(({ state }) => state)).toEqual(Array(3).fill("succeeded"));
		expect(new Set(shown.map(({ messageId }) => messageId)).size).toBe(3);
	});
});

describe("a lost command is no other's", () => {
	const cases: Array<[string, (world: World) => Promise<unknown>]> = [
		[
			"a reply of another service",
			(world) => world.reply("m1", 200, { topic: "/x/thing/service/Get" }),
		],
		["a reply that does not say of what", (world) => world.reply("m1")],
		[
			"a reply of another device",
			(world) => world.reply("m1", 200, { ...OF_SET, iotId: "i2", deviceName: "other" }),
		],
		[
			"a reply after the lease",
			async (world) => {
				await world.clock.advance(35_000);
				await world.reply("m1", 200, OF_SET);
			},
		],
	];

	it.each(cases)("%s closes nothing", async (_, reply) => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{}]);
		await reply(world);
		await afterLease(world);
		expect((await world.get(command?.id ?? "")).state).toBe("unknown");
	});

	it("a reply before its call is another's, also where that one has none", async () => {
		const world = new World();
		const [first] = await killedWhileSending(world, [{}]);
		await world.reply("m1", 200, OF_SET);
		await world.clock.advance(5_000);
		const [second] = await killedWhileSending(world, [{}]);
		await afterLease(world);
		expect((await world.get(first?.id ?? "")).state).toBe("succeeded");
		expect((await world.get(second?.id ?? "")).state).toBe("unknown");
	});

	it("what is lost is told apart among a hundred later commands", async () => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{}]);
		await world.reply("m1", 200, OF_SET);
		world.platform.script = (_, count) => sent(`of-${count}`);
		for (let n = 0; n < 100; n++) await world.send({});
		await afterLease(world);
		expect((await world.get(command?.id ?? "")).state).toBe("succeeded");
	});

	it("fewer replies than lost commands close none: nobody knows whose they are", async () => {
		const world = new World();
		const commands = await killedWhileSending(world, [{}, {}]);
		await world.reply("m1", 200, OF_SET);
		await afterLease(world);
		const shown = await Promise.all(commands.map(({ id }) => world.get(id)));
		expect(shown.map(({ state }) => state)).toEqual(["unknown", "unknown"]);
	});

	it.each([{}, { device: { iotId: "iot-1" } }])(
		"a reply that came before its own command's outcome (%j) is that command's",
		async (other) => {
			const world = new World();
			const [lost] = await killedWhileSending(world, [{}]);
			world.platform.script = async () => {
				await world.clock.sleep(50);
				return sent("m1");
			};
			const { id } = await world.send(other);
			await world.reply("m1", 200, OF_SET);
			await afterLease(world);
			expect((await world.get(id)).state).toBe("succeeded");
			expect((await world.get(lost?.id ?? "")).state).toBe("unknown");
		},
	);
});

describe("a call that is not answered", () => {
	/** The platform takes it and says nothing for 15 s. */
	async function unanswered(world: World, body: object = {}): Promise<string> {
		world.platform.script = async () => {
			await world.clock.sleep(15_000);
			return lost;
		};
		const { id } = await world.send(body);
		await world.clock.advance(100);
		return id;
	}

	it("has the outcome of the reply that came meanwhile", async () => {
		const world = new World();
		const id = await unanswered(world);
		await world.reply("m1", 200, { ...OF_SET, data: { t: 1 } });
		await world.clock.advance(16_000);
		const shown = await world.get(id);
		expect(shown).toMatchObject({ state: "succeeded", messageId: "m1", reply: { data: { t: 1 } } });
		expect(shown.attempts).toMatchObject([{ code: "ClientTimeout" }]);
	});

	it("is unknown until the reply that comes afterwards", async () => {
		const world = new World();
		const id = await unanswered(world);
		await world.clock.advance(16_000);
		expect((await world.get(id)).state).toBe("unknown");
		await world.reply("m1", 460, OF_SET);
		expect((await world.get(id)).state).toBe("failed");
		await afterLease(world);
		expect((await world.get(id)).state).toBe("failed");
	});

	it("is not repeated where the device has replied", async () => {
		const world = new World();
		const id = await unanswered(world, { onUnknown: "resend" });
		await world.reply("m1", 200, OF_SET);
		await afterLease(world);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.platform.calls).toHaveLength(1);
	});

	it("stays unknown where the reply may be of a command that is being sent", async () => {
		const world = new World();
		const id = await unanswered(world);
		await world.clock.advance(16_000);
		world.platform.script = NEVER;
		await world.send({});
		await world.clock.advance(100);
		await world.reply("m1", 200, OF_SET);
		expect((await world.get(id)).state).toBe("unknown");
	});

	it("stays unknown where a reply comes minutes later", async () => {
		const world = new World();
		const id = await unanswered(world);
		await afterLease(world);
		await world.reply("m1", 200, OF_SET);
		expect((await world.get(id)).state).toBe("unknown");
	});
});

describe("a worker that is killed", () => {
	it("after it has said whose the message is leaves nothing unknown", async () => {
		const world = new World({
			table: (memory): Table => ({
				get: (...args) => memory.get(...args),
				remove: (...args) => memory.remove(...args),
				range: (...args) => memory.range(...args),
				put: (table, row, condition) =>
					String(row.columns["state_shard"]).startsWith("sent")
						? NEVER()
						: memory.put(table, row, condition),
			}),
		});
		world.platform.script = () => sent("m1");
		const { id } = await world.send({});
		await world.clock.advance(100);
		expect((await world.get(id)).state).toBe("sending");
		await world.reply("m1", 200, OF_SET);
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("leaves the attempt that it had begun in the history", async () => {
		const world = new World();
		const [command] = await killedWhileSending(world, [{ onUnknown: "resend" }]);
		world.platform.script = () => answered();
		await afterLease(world);
		const { attempts, state } = await world.get(command?.id ?? "");
		expect(state).toBe("succeeded");
		expect(attempts.map(({ code }) => code)).toEqual(["WorkerLost", undefined]);
	});
});
