import { describe, expect, it } from "vitest";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const SENSOR = { iotId: "iot-s", productKey: "sensor", deviceName: "hall" };
const YEAR_MS = 365 * 86_400_000;

async function reacting(when: object, more: object = {}): Promise<World> {
	const world = new World();
	world.platform.script = () => answered();
	const body = { when, do: { device: LIGHT, service: "Fan" }, ...more };
	const answer = await world.request("POST", "/v1/reactions", { body });
	if (answer.status !== 201) throw new Error(answer.text);
	return world;
}

/** A property that its device says to have measured at another time than now. */
function post(world: World, value: number, wrongBy: number, platformWrongBy = 0) {
	const now = world.clock.now();
	return world.report("/sensor/hall/thing/event/property/post", {
		...SENSOR,
		gmtCreate: now + platformWrongBy,
		items: { temperature: { value, time: now + wrongBy } },
	});
}

async function fired(world: World): Promise<number> {
	await world.clock.advance(1_000);
	return world.platform.calls.length;
}

describe("a device whose clock is wrong by years", () => {
	const threshold = { source: "property", condition: "previous <= 30 && value > 30" };

	it.each([10 * YEAR_MS, -10 * YEAR_MS, 400_000, -400_000])(
		"(%d ms) silences none of its thresholds",
		async (wrongBy) => {
			const world = await reacting(threshold);
			await post(world, 20, wrongBy, wrongBy);
			await post(world, 40, 0);
			expect(await fired(world)).toBe(1);
			await post(world, 20, 0);
			await post(world, 40, wrongBy, wrongBy);
			expect(await fired(world)).toBe(2);
		},
	);

	it("silences no cooldown", async () => {
		const world = await reacting({ source: "property" }, { cooldownSeconds: 60 });
		await post(world, 1, 10 * YEAR_MS, 10 * YEAR_MS);
		await post(world, 2, 0);
		expect(await fired(world)).toBe(1);
		await world.clock.advance(60_000);
		await post(world, 3, 0);
		expect(await fired(world)).toBe(2);
	});

	it("ends no cooldown early", async () => {
		const world = await reacting({ source: "property" }, { cooldownSeconds: 3_600 });
		await post(world, 1, 0);
		await post(world, 2, 10 * YEAR_MS, 10 * YEAR_MS);
		expect(await fired(world)).toBe(1);
	});

	it("is overcome where an earlier version remembered a time to come", async () => {
		const world = await reacting(threshold, { cooldownSeconds: 60 });
		await post(world, 20, 0);
		for (const row of world.memory.all("reaction_state")) {
			const document = JSON.stringify({
				...JSON.parse(String(row.columns["document"])),
				at: world.clock.now() + 10 * YEAR_MS,
			});
			const columns = { ...row.columns, document };
			await world.memory.put("reaction_state", { key: row.key, columns }, { row: "any" });
		}
		await post(world, 40, 0);
		expect(await fired(world)).toBe(1);
	});
});

describe("a status", () => {
	const status = (world: World, what: "online" | "offline", at: number) => {
		const utc = new Date(at).toISOString();
		return world.report("/as/mqtt/status/sensor/hall", {
			...SENSOR,
			status: what,
			utcTime: utc,
			utcLastTime: utc,
		});
	};

	it("that is older than the one known fires nothing, in whatever order they come", async () => {
		const world = await reacting({ source: "status", identifier: "offline" });
		const now = world.clock.now();
		await status(world, "online", now - 1_000);
		await status(world, "offline", now - 5_000);
		expect(await fired(world)).toBe(0);
		await status(world, "offline", now - 500);
		expect(await fired(world)).toBe(1);
	});

	it("is still carried out at its redelivery", async () => {
		const world = await reacting({ source: "status", identifier: "offline" });
		const now = world.clock.now();
		const body = JSON.stringify({
			...SENSOR,
			status: "offline",
			utcLastTime: new Date(now).toISOString(),
		});
		await world.deliverFrom("thingcast-events", { id: "1", body });
		await world.deliverFrom("thingcast-events", { id: "1", body });
		expect(await fired(world)).toBe(1);
	});

	it("carries the time of its change", async () => {
		const world = new World();
		world.platform.script = () => answered();
		await world.request("POST", "/v1/reactions", {
			body: {
				when: { source: "status" },
				do: { device: LIGHT, service: "Note", args: { at: "{% time %}" } },
			},
		});
		const changedAt = world.clock.now() - 60_000;
		await status(world, "online", changedAt);
		await world.clock.advance(1_000);
		expect(world.platform.calls.map(({ args }) => args)).toEqual([`{"at":${changedAt}}`]);
	});

	it("costs no row where no reaction looks at statuses", async () => {
		const world = await reacting({ source: "property" });
		await status(world, "online", world.clock.now());
		expect(world.memory.all("reaction_state")).toEqual([]);
	});
});
