import { describe, expect, it } from "vitest";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const SENSOR = { iotId: "iot-s", productKey: "sensor", deviceName: "hall" };
const HOT = { source: "property", productKey: "sensor", identifier: "temperature" };

function sending(): World {
	const world = new World();
	world.platform.script = () => answered();
	return world;
}

async function create(world: World, body: object): Promise<Shown> {
	const answer = await world.request("POST", "/v1/reactions", { body });
	if (answer.status !== 201) throw new Error(answer.text);
	return answer.body;
}

const fan = (args: object = { on: true }) => ({ device: LIGHT, service: "Fan", args });

/** A property post, as the platform reports it. */
function post(world: World, items: Record<string, unknown>, device = SENSOR) {
	const time = world.clock.now();
	const withTime = Object.fromEntries(
		Object.entries(items).map(([name, value]) => [name, { value, time }]),
	);
	const { productKey, deviceName } = device;
	return world.report(`/${productKey}/${deviceName}/thing/event/property/post`, {
		...device,
		gmtCreate: time,
		items: withTime,
	});
}

const alarm = (world: World, value: object, device = SENSOR) =>
	world.report(`/${device.productKey}/${device.deviceName}/thing/event/alarm/post`, {
		...device,
		identifier: "alarm",
		name: "Alarm",
		type: "alert",
		gmtCreate: world.clock.now(),
		value,
	});

async function settle(world: World): Promise<string[]> {
	await world.clock.advance(1_000);
	return world.platform.calls.map(({ args }) => args);
}

const deadLetters = async (world: World) =>
	(await world.request("GET", "/v1/dead-letters")).body["deadLetters"] as Array<{
		reason: string;
		text: string;
	}>;

describe("a reaction to", () => {
	it("a property post sends its command, with values out of the event", async () => {
		const world = sending();
		const { id } = await create(world, {
			when: { ...HOT, condition: "value > 30" },
			do: fan({
				speed: "{% math.round(value / 10) %}",
				why: "{% deviceName + ': ' + string(value) %}",
			}),
		});
		await post(world, { temperature: 29.5, humidity: 99 });
		await post(world, { temperature: 41, humidity: 10 });
		expect(await settle(world)).toEqual(['{"speed":4,"why":"hall: 41"}']);
		const { body } = await world.request("GET", "/v1/commands");
		const [command] = body["commands"] as Shown[];
		expect(command?.source).toMatchObject({ type: "reaction" });
		expect(command?.source.ref).toMatch(new RegExp(`^${id} m-\\d+ temperature$`));
	});

	it("an event goes to the event's own device, unless it names another", async () => {
		const world = sending();
		await create(world, {
			when: { source: "event", identifier: "alarm" },
			do: { service: "Beep", args: { times: "{% value.level %}" } },
		});
		await alarm(world, { level: 3 });
		expect(await settle(world)).toEqual(['{"times":3}']);
		expect(world.platform.calls[0]).toMatchObject({ device: SENSOR, service: "Beep" });
	});

	it("a status, of one of the two kinds", async () => {
		const world = sending();
		await create(world, { when: { source: "status", identifier: "online" }, do: fan() });
		await world.status("offline");
		await world.status("online");
		expect(await settle(world)).toHaveLength(1);
	});

	it("a reply sees its code and data", async () => {
		const world = sending();
		world.platform.script = (_, count) => sent(`m${count}`);
		await create(world, {
			when: { source: "reply", condition: "code != 200" },
			do: fan({ failed: "{% code %}" }),
		});
		await world.send({});
		await world.clock.advance(100);
		await world.reply("m1", 460);
		expect((await settle(world)).at(-1)).toBe('{"failed":460}');
	});

	it("any other message of a queue takes it for no noise", async () => {
		const world = sending();
		await create(world, {
			when: { source: "message", condition: "kind == 'door'" },
			do: fan({ open: "{% open %}" }),
		});
		const counts = await world.deliverFrom(
			"thingcast-events",
			{ id: "1", body: '{"kind":"door","open":true}' },
			{ id: "2", body: '{"kind":"window"}' },
			{ id: "3", body: "noise" },
		);
		expect(counts).toMatchObject({ telemetry: 2, noise: 1 });
		expect(await settle(world)).toEqual(['{"open":true}']);
	});

	it("one device or product only, when it says so", async () => {
		const world = sending();
		await create(world, { when: { ...HOT, deviceName: "attic" }, do: fan({ by: "name" }) });
		await create(world, { when: { ...HOT, productKey: "other" }, do: fan({ by: "product" }) });
		await create(world, { when: { source: "property", iotId: "iot-s" }, do: fan({ by: "id" }) });
		await create(world, { when: HOT, enabled: false, do: fan({ by: "disabled" }) });
		await post(world, { temperature: 1 });
		expect(await settle(world)).toEqual(['{"by":"id"}']);
	});
});

describe("an event that is delivered again", () => {
	it("causes nothing again, whatever has become of the previous value", async () => {
		const world = sending();
		await create(world, {
			when: { ...HOT, condition: "value > 30 && (previous == null || previous <= 30)" },
			do: fan({ was: "{% previous != null ? previous : 'unknown' %}" }),
			cooldownSeconds: 60,
		});
		const body = JSON.stringify({
			messageid: "same",
			topic: "/sensor/hall/thing/event/property/post",
			payload: Buffer.from(
				JSON.stringify({
					...SENSOR,
					gmtCreate: world.clock.now(),
					items: { temperature: { value: 31 } },
				}),
			).toString("base64"),
		});
		for (const id of ["a", "a", "b"]) await world.deliverFrom("thingcast-events", { id, body });
		await world.clock.advance(60_000);
		await world.deliverFrom("thingcast-events", { id: "a", body });
		expect(await settle(world)).toEqual(['{"was":"unknown"}']);
		expect(await deadLetters(world)).toEqual([]);
	});

	it("is one dead letter for each reaction that cannot be carried out", async () => {
		const world = sending();
		await create(world, { when: { ...HOT, condition: "double(value) > 1" }, do: fan() });
		await create(world, { when: HOT, do: fan({ fine: true }) });
		const body = JSON.stringify({
			...SENSOR,
			gmtCreate: 1,
			items: { temperature: { value: "warm" } },
		});
		await world.deliverFrom("thingcast-events", { id: "a", body });
		await world.deliverFrom("thingcast-events", { id: "a", body });
		const letters = await deadLetters(world);
		expect(letters).toHaveLength(1);
		expect(letters[0]?.reason).toContain(
			"condition: double(…): this text is no number (at character 1)",
		);
		expect(letters[0]?.text).toContain("warm");
		expect(await settle(world)).toEqual(['{"fine":true}']);
	});
});

describe("a condition", () => {
	it("on the previous value makes a threshold that is crossed once", async () => {
		const world = sending();
		await create(world, {
			when: { ...HOT, condition: "previous <= 30 && value > 30" },
			do: fan({ at: "{% value %}" }),
		});
		for (const temperature of [29, 31, 32, 30, 35]) {
			await post(world, { temperature });
			await world.clock.advance(1_000);
		}
		expect(await settle(world)).toEqual(['{"at":31}', '{"at":35}']);
	});

	it("sees the values of one batch in their order", async () => {
		const world = sending();
		await create(world, {
			when: { ...HOT, condition: "previous != null && value != previous" },
			do: fan({ from: "{% previous %}", to: "{% value %}" }),
		});
		const now = world.clock.now();
		const messages = [1, 2, 3, 4].map((value, index) => ({
			id: `m${index}`,
			body: JSON.stringify({
				...SENSOR,
				gmtCreate: now + index,
				items: { temperature: { value } },
			}),
		}));
		await world.deliverFrom("thingcast-events", ...messages);
		expect((await settle(world)).sort()).toEqual([
			'{"from":1,"to":2}',
			'{"from":2,"to":3}',
			'{"from":3,"to":4}',
		]);
	});
});

describe("a cooldown", () => {
	it("lets one command through for each device and span", async () => {
		const world = sending();
		await create(world, {
			when: { source: "event", identifier: "alarm" },
			do: { service: "Beep" },
			cooldownSeconds: 30,
		});
		const attic = { ...SENSOR, iotId: "iot-a", deviceName: "attic" };
		for (let second = 0; second < 60; second += 10) {
			await alarm(world, {});
			await alarm(world, {}, attic);
			await world.clock.advance(10_000);
		}
		const names = world.platform.calls.map(({ device }) => device.deviceName);
		expect(names.sort()).toEqual(["attic", "attic", "hall", "hall"]);
	});
});

describe("a cooldown between two instances", () => {
	it("lets one of two events through that come at the same moment", async () => {
		const world = sending();
		await create(world, {
			when: { source: "event", identifier: "alarm" },
			do: { service: "Beep" },
			cooldownSeconds: 30,
		});
		await alarm(world, {});
		await world.clock.advance(31_000);
		await Promise.all([alarm(world, {}), alarm(world, {})]);
		expect(await settle(world)).toHaveLength(2);
	});
});

describe("a loop", () => {
	/** The device answers each command with an event. */
	async function loop(maxDepth: number, pauseMs: number, rounds: number) {
		const world = sending();
		await create(world, {
			when: { source: "event", identifier: "alarm" },
			do: { service: "Beep" },
			maxDepth,
		});
		let answeredTo = 0;
		await alarm(world, {});
		for (let round = 0; round < rounds; round++) {
			await world.clock.advance(pauseMs);
			if (world.platform.calls.length === answeredTo) break;
			answeredTo = world.platform.calls.length;
			await alarm(world, { round });
		}
		return world;
	}

	it("of a reaction that triggers itself through the device is cut, with a record that says so", async () => {
		const world = await loop(3, 500, 20);
		expect(world.platform.calls).toHaveLength(3);
		const letters = await deadLetters(world);
		expect(letters).toHaveLength(1);
		expect(letters[0]?.reason).toMatch(/loop cut: 4 reactions .* 3 may/);
	});

	it("is none where the device's events come later than the window", async () => {
		const world = await loop(3, 11_000, 10);
		expect(world.platform.calls.length).toBeGreaterThan(9);
		expect(await deadLetters(world)).toEqual([]);
	});

	it("of two reactions through two devices is cut as well", async () => {
		const world = sending();
		const other = { iotId: "iot-o", productKey: "sensor", deviceName: "other" };
		const device = ({ productKey, deviceName }: typeof SENSOR) => ({ productKey, deviceName });
		const when = { source: "event", identifier: "alarm" };
		await create(world, {
			when: { ...when, deviceName: "hall" },
			do: { device: device(other), service: "Ping" },
		});
		await create(world, {
			when: { ...when, deviceName: "other" },
			do: { device: device(SENSOR), service: "Pong" },
		});
		await alarm(world, {});
		for (let count = 0; ; count++) {
			await world.clock.advance(500);
			const call = world.platform.calls[count];
			if (!call) break;
			await alarm(world, { count }, call.device.deviceName === "other" ? other : SENSOR);
		}
		expect(world.platform.calls.map(({ service }) => service)).toEqual([
			"Ping",
			"Pong",
			"Ping",
			"Pong",
			"Ping",
		]);
	});
});

describe("the owner of a reaction", () => {
	const body = { when: { ...HOT, condition: "value > 30" }, do: fan({ at: "{% value %}" }) };

	it("changes, disables and deletes it, which counts from the next look", async () => {
		const world = sending();
		const { id } = await create(world, body);
		await post(world, { temperature: 31 });
		const path = `/v1/reactions/${id}`;
		const changed = await world.request("PUT", path, {
			body: { ...body, when: { ...HOT, condition: "value > 50" } },
			headers: { "if-match": '"1"' },
		});
		expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
		const stale = await world.request("PUT", path, { body, headers: { "if-match": '"1"' } });
		expect(stale).toMatchObject({ status: 412, body: { version: 2 } });
		await world.clock.advance(1_500);
		await post(world, { temperature: 32 });
		await post(world, { temperature: 51 });
		expect((await world.request("DELETE", path)).status).toBe(204);
		await world.clock.advance(1_500);
		await post(world, { temperature: 52 });
		expect(await settle(world)).toEqual(['{"at":31}', '{"at":51}']);
		expect((await world.request("GET", path)).status).toBe(404);
	});

	it("tries it with a sample event, and nothing is sent", async () => {
		const world = sending();
		const { id } = await create(world, body);
		const test = async (sample: object) =>
			(await world.request("POST", `/v1/reactions/${id}/test`, { body: sample })).body;
		expect(await test({ value: 31 })).toMatchObject({
			sends: true,
			device: LIGHT,
			command: { service: "Fan", args: { at: 31 } },
		});
		expect(await test({ value: 3 })).toMatchObject({
			sends: false,
			because: "the condition is not true",
		});
		expect(await test({ source: "event", value: 31 })).toMatchObject({ sends: false });
		expect((await test({ value: "x" }))["because"]).toBe(
			"condition: cannot compare a text with a number (at character 7)",
		);
		await world.clock.advance(120_000);
		expect(world.platform.calls).toEqual([]);
		expect(world.memory.all("commands")).toEqual([]);
	});

	it.each([
		[{ do: { service: "S" } }, ["/when"]],
		[{ when: { source: "dream" }, do: { service: "S" } }, ["/when/source"]],
		[{ when: { source: "event" } }, ["/do"]],
		[{ when: { source: "event" }, do: {} }, ["/do/service"]],
		[{ when: { source: "event", colour: 1 }, do: { service: "S" } }, ["/when/colour"]],
		[
			{ when: { source: "event", condition: "value >" }, do: { service: "S" } },
			["/when/condition"],
		],
		[
			{ when: { source: "event" }, do: { service: "S", args: { a: { "b/c": ["{% ( %}"] } } } },
			["/do/args/a/b~1c/0"],
		],
		[{ when: { source: "event" }, do: { service: "S", lane: "fast" } }, ["/do/lane"]],
		[{ when: { source: "event" }, do: { service: "S", speed: "{% 1 %}" } }, ["/do/speed"]],
		[
			{ when: { source: "event" }, do: { service: "S" }, cooldownSeconds: -1 },
			["/cooldownSeconds"],
		],
	])("is told what is wrong with %j, at its place", async (wrong, pointers) => {
		const world = sending();
		const answer = await world.request("POST", "/v1/reactions", { body: wrong });
		expect(answer.status).toBe(400);
		const errors = answer.body["errors"] as Array<{ pointer: string; detail: string }>;
		expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
	});

	it("is told where an expression stops making sense", async () => {
		const world = sending();
		const answer = await world.request("POST", "/v1/reactions", {
			body: { ...body, when: { ...HOT, condition: "value > 30 && )" } },
		});
		expect(answer.text).toContain("expected a value, found ) (at character 15)");
	});
});
