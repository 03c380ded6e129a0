import { describe, expect, it } from "vitest";
import { LaggingIndexes } from "../support/table/lagging-indexes.ts";
import { StreamClient } from "../support/world/event-stream.ts";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const SECOND_MS = 1_000;
const finalStates = (client: StreamClient) =>
	new Map(client.events.map(({ command }) => [command.id, command.state]));

describe("GET /v1/commands/stream", () => {
	it("tells each change of a command as GET shows it, oldest first", async () => {
		const world = new World();
		world.platform.script = async () => {
			await world.clock.sleep(2 * SECOND_MS);
			return sent("m");
		};
		const client = await StreamClient.connect(world);
		const { id } = await world.send({});
		await world.clock.advance(5 * SECOND_MS);
		await world.reply("m");
		await world.clock.advance(SECOND_MS);
		expect(client.told).toEqual([`${id} sending`, `${id} sent`, `${id} succeeded`]);
		expect(client.events.at(-1)?.command).toEqual(await world.get(id));
	});

	it("tells nothing of what was before it", async () => {
		const world = new World();
		world.platform.script = () => answered();
		await world.send({});
		await world.clock.advance(SECOND_MS);
		const client = await StreamClient.connect(world);
		await world.clock.advance(40 * SECOND_MS);
		expect(client.told).toEqual([]);
	});

	it("takes the filters of the list", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const client = await StreamClient.connect(world, "?state=succeeded&service=Get");
		await world.send({ service: "Set" });
		const { id } = await world.send({ service: "Get" });
		await world.clock.advance(SECOND_MS);
		expect(client.told).toEqual([`${id} succeeded`]);
		const refused = await world.request("GET", "/v1/commands/stream?state=gone&limit=3");
		expect(refused.status).toBe(400);
	});

	it("goes on behind Last-Event-ID, with nothing missing and nothing twice", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const first = await StreamClient.connect(world, "?state=succeeded");
		const before = [];
		for (let n = 0; n < 5; n++) before.push((await world.send({})).id);
		await world.clock.advance(SECOND_MS);
		await first.leave();
		const between = [];
		for (let n = 0; n < 700; n++) between.push((await world.send({})).id);
		await world.clock.advance(90 * SECOND_MS);
		const second = await StreamClient.connect(world, "?state=succeeded", {
			"last-event-id": first.lastId,
		});
		const after = (await world.send({})).id;
		await world.clock.advance(2 * SECOND_MS);
		expect([...finalStates(first).keys()].sort()).toEqual(before.sort());
		expect(second.events.map(({ command }) => command.id).sort()).toEqual(
			[...between, after].sort(),
		);
		const times = second.events.map(({ command }) => String(command["updatedAt"]));
		expect(times).toEqual([...times].sort());
	});

	it("misses nothing where indexes lag by seconds and clients come and go", async () => {
		const lags = [50, 4_000, 900, 6_000, 300];
		let shownAt = 0;
		const world = new World({
			table: (table, clock) =>
				new LaggingIndexes(table, clock, () => {
					// Changes of one row reach an index in their order.
					const lag = lags[clock.now() % lags.length] ?? 0;
					shownAt = Math.max(shownAt, clock.now() + lag);
					return shownAt - clock.now();
				}),
			quotaPerSecond: 100,
		});
		world.platform.script = () => answered();
		const sentIds: string[] = [];
		const told = new Map<string, string>();
		let client = await StreamClient.connect(world);
		for (let round = 0; round < 8; round++) {
			for (let k = 0; k < 10; k++) sentIds.push((await world.send({})).id);
			await world.clock.advance(1_500);
			await client.leave();
			for (const [id, state] of finalStates(client)) told.set(id, state);
			await world.clock.advance(round * 500);
			client = await StreamClient.connect(world, "", { "last-event-id": client.lastId });
		}
		await world.clock.advance(20 * SECOND_MS);
		for (const [id, state] of finalStates(client)) told.set(id, state);
		expect(
			[...told]
				.filter(([, state]) => state === "succeeded")
				.map(([id]) => id)
				.sort(),
		).toEqual(sentIds.sort());
	});

	it("tells what an index shows ten seconds late", async () => {
		const world = new World({
			table: (table, clock) => new LaggingIndexes(table, clock, () => 10_000),
		});
		world.platform.script = () => answered();
		const client = await StreamClient.connect(world);
		const ids: string[] = [];
		for (let n = 0; n < 20; n++) {
			ids.push((await world.send({})).id);
			await world.clock.advance(700);
		}
		await world.clock.advance(14 * SECOND_MS);
		expect(client.told).toEqual(ids.map((id) => `${id} succeeded`));
	});

	it("keeps the connection alive and ends before the function's time limit, with a place to go on", async () => {
		const world = new World();
		const client = await StreamClient.connect(world, "", { "x-fc-function-timeout": "120" });
		await world.clock.advance(46 * SECOND_MS);
		expect(client.heartbeats).toBe(4);
		expect(client.ended).toBe(false);
		await world.clock.advance(65 * SECOND_MS);
		expect(client.ended).toBe(true);
		const again = await StreamClient.connect(world, "", { "last-event-id": client.lastId });
		const { id } = await world.send({});
		await world.clock.advance(SECOND_MS);
		expect([...finalStates(again).keys()]).toEqual([id]);
	});

	it("refuses an id that is none of its own", async () => {
		const world = new World();
		const headers = { "last-event-id": "yesterday" };
		const answer = await world.request("GET", "/v1/commands/stream", { headers });
		expect(answer.status).toBe(400);
		expect(answer.text).toContain("invalid-cursor");
	});

	it("of fifty clients reads no more rows than of one, and none without any", async () => {
		const world = new World();
		world.platform.script = () => answered();
		let reads = 0;
		const { range, get } = world.memory;
		world.memory.range = (...args) => {
			reads++;
			return range.apply(world.memory, args);
		};
		world.memory.get = (...args) => {
			reads++;
			return get.apply(world.memory, args);
		};
		world.ticking = false;
		const during = async (ms: number) => {
			reads = 0;
			await world.clock.advance(ms);
			return reads;
		};
		const one = [await StreamClient.connect(world)];
		const ofOne = await during(10 * SECOND_MS);
		while (one.length < 50) one.push(await StreamClient.connect(world));
		expect(await during(10 * SECOND_MS)).toBeLessThanOrEqual(ofOne + 8);
		await Promise.all(one.map((client) => client.leave()));
		await during(SECOND_MS);
		expect(await during(10 * SECOND_MS)).toBe(0);
	});
});
