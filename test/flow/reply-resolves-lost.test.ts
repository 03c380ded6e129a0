import { describe, expect, it } from "vitest";
import { answered, sent } from "../support/world/scripted-platform.ts";
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
