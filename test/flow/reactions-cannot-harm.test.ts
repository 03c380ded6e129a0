import { describe, expect, it } from "vitest";
import { ReactionStore } from "../../shared/store/reaction-store.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const when = { source: "property", productKey: "sensor", identifier: "x" };

function sending(): World {
	const world = new World();
	world.platform.script = () => answered();
	return world;
}

async function create(world: World, condition: string, args: unknown, more: object = {}) {
	const body = {
		when: { ...when, condition },
		do: { device: LIGHT, service: "Set", args },
		...more,
	};
	const answer = await world.request("POST", "/v1/reactions", { body });
	if (answer.status !== 201) throw new Error(answer.text);
	return answer.body;
}

/** A post of the property `x`, whose value is given as JSON text. */
const post = (world: World, value: string, id = value) => ({
	id: id.slice(0, 100),
	body: `{"iotId":"iot-s","productKey":"sensor","deviceName":"hall","gmtCreate":${world.clock.now()},"items":{"x":{"value":${value}}}}`,
});

async function settle(world: World): Promise<string[]> {
	await world.clock.advance(1_000);
	return world.platform.calls.map(({ args }) => args);
}

const deadLetters = async (world: World) =>
	(await world.request("GET", "/v1/dead-letters?limit=100")).body["deadLetters"] as Array<{
		reason: string;
		text: string;
	}>;

describe("a value of a device", () => {
	it.each([
		"9007199254740993",
		"10.0",
		"1e999",
		'"\\ud800"',
		'{"__proto__":{"a":1},"constructor":2}',
		'[{"then":"x","toJSON":"y"}]',
	])("is passed on as it is, and is the previous one of the next: %s", async (value) => {
		const world = sending();
		await create(world, "true", { now: "{% value %}", before: "{% previous %}" });
		await world.deliverFrom("thingcast-events", post(world, value));
		await world.clock.advance(1_000);
		await world.deliverFrom("thingcast-events", post(world, "1"));
		expect(await settle(world)).toEqual([`{"now":${value}}`, `{"now":1,"before":${value}}`]);
		const list = await world.request("GET", "/v1/commands");
		expect(list.status).toBe(200);
		expect(await deadLetters(world)).toEqual([]);
	});

	it("under an escaped name reaches no prototype", async () => {
		const world = sending();
		await create(world, "value.polluted == null", { got: "{% value %}" });
		await world.deliverFrom(
			"thingcast-events",
			post(world, '{"\\u005f_proto__":{"polluted":true}}'),
		);
		expect(await settle(world)).toEqual(['{"got":{"__proto__":{"polluted":true}}}']);
		expect("polluted" in {}).toBe(false);
	});

	it("of another version of the store is still the previous one", async () => {
		const world = sending();
		await create(world, "previous == 1 && value == 2", { at: "{% value %}" });
		await world.deliverFrom("thingcast-events", post(world, "1"));
		for (const row of world.memory.all("reaction_state")) {
			const document = JSON.parse(String(row.columns["document"]));
			const columns = { document: JSON.stringify({ ...document, value: 1 }) };
			await world.memory.put("reaction_state", { key: row.key, columns }, { row: "any" });
		}
		await world.clock.advance(1_000);
		await world.deliverFrom("thingcast-events", post(world, "2"));
		expect(await settle(world)).toEqual(['{"at":2}']);
	});
});

describe("a reaction's own command", () => {
	it.each(["__proto__", "\\u005f_proto__", "constructor"])(
		"may have an argument %s, and can be shown, listed and carried out",
		async (name) => {
			const world = sending();
			const plain = JSON.parse(`"${name}"`);
			const body = `{"when":{"source":"property"},"do":{"device":{"iotId":"i"},"service":"S","args":{"${name}":{"v":"{% value %}"}}}}`;
			const made = await world.request("POST", "/v1/reactions", { body });
			expect(made.status).toBe(201);
			expect(made.text).toContain(`"args":{"${plain}":{"v":"{% value %}"}}`);
			expect((await world.request("GET", "/v1/reactions")).status).toBe(200);
			await world.deliverFrom("thingcast-events", post(world, "5"));
			expect(await settle(world)).toEqual([`{"${plain}":{"v":5}}`]);
			expect((await world.request("GET", "/v1/commands")).text).toContain(`"${plain}":{"v":5}`);
		},
	);
});

describe("a rule", () => {
	it("that is too expensive becomes a dead letter for its events, and its neighbours do their work", async () => {
		const world = sending();
		const { id } = await create(world, "value.all(a, value.all(b, value.all(c, true)))", {});
		await create(world, "value[0] == 1", { size: "{% size(value) %}" });
		const value = JSON.stringify(Array(60).fill(1));
		const messages = Array.from({ length: 20 }, (_, index) => post(world, value, `m${index}`));
		const counts = await world.deliverFrom("thingcast-events", ...messages);
		expect(counts).toMatchObject({ telemetry: 20 });
		expect(await settle(world)).toEqual(Array(20).fill('{"size":60}'));
		const letters = await deadLetters(world);
		expect(letters).toHaveLength(20);
		for (const { reason } of letters) {
			expect(reason).toBe(`reaction ${id}: condition: takes more than 10000 steps`);
		}
	});

	it("has a share of its batch, and what goes beyond says so", async () => {
		const world = sending();
		await create(world, "value.all(a, value.all(b, b == 1))", {});
		await create(world, "value[0] == 1", { size: "{% size(value) %}" });
		const value = JSON.stringify(Array(40).fill(1));
		const messages = Array.from({ length: 60 }, (_, index) => post(world, value, `m${index}`));
		await world.deliverFrom("thingcast-events", ...messages);
		const sizes = (await settle(world)).filter((args) => args === '{"size":40}');
		expect(sizes).toHaveLength(60);
		const reasons = (await deadLetters(world)).map(({ reason }) => reason);
		expect(reasons.length).toBeGreaterThan(10);
		expect(reasons.every((reason) => reason.includes("for this batch of events"))).toBe(true);
	});

	it("whose expressions an earlier version took stops no other, and is shown with its error", async () => {
		const world = sending();
		const { id } = await create(world, "true", { a: 1 });
		await create(world, "true", { fine: true });
		const store = new ReactionStore(world.memory);
		const stored = await store.get(String(id));
		if (!stored) throw new Error("it is gone");
		const old = { ...stored.document.when, condition: "previous <= 30 and value > 30" };
		await store.replace(stored, { ...stored.document, when: old });
		await world.deliverFrom(
			"thingcast-events",
			post(world, "1"),
			post(world, "2"),
			post(world, "3"),
		);
		expect(await settle(world)).toEqual(Array(3).fill('{"fine":true}'));
		const letters = await deadLetters(world);
		const problem = "condition: `and` is written && (at character 16)";
		expect(letters.map(({ reason }) => reason)).toEqual([
			`reaction ${id}: cannot be carried out: ${problem}`,
		]);
		const shown = (await world.request("GET", `/v1/reactions/${id}`)).body;
		expect(shown["error"]).toBe(problem);
		const list = (await world.request("GET", "/v1/reactions")).body["reactions"] as Shown[];
		expect(list.filter(({ error }) => error !== undefined)).toMatchObject([{ id, error: problem }]);
		expect(list).toHaveLength(2);
		const tried = await world.request("POST", `/v1/reactions/${id}/test`, { body: { value: 1 } });
		expect(tried.body).toMatchObject({ sends: false, because: problem });
	});

	it("whose command cannot be read is shown with it, and with its error", async () => {
		const world = sending();
		const { id } = await create(world, "true", { a: 1 });
		const store = new ReactionStore(world.memory);
		const stored = await store.get(String(id));
		if (!stored) throw new Error("it is gone");
		await store.replace(stored, { ...stored.document, command: "{" });
		const { status, body } = await world.request("GET", `/v1/reactions/${id}`);
		expect(status).toBe(200);
		expect(body).toMatchObject({ do: "{", error: expect.stringContaining("/do: ") });
		expect((await world.deliverFrom("thingcast-events", post(world, "1"))).telemetry).toBe(1);
	});
});

describe("an expression is refused when it is stored", () => {
	it.each([
		["property", "valu > 30", {}, ["/when/condition"]],
		["property", "value > 30", { a: { b: "{% valu %}" } }, ["/do/args/a/b"]],
		[
			"property",
			"value >",
			{ a: ["{% 1 %}", "{% previos %}", "{% ( %}"] },
			["/when/condition", "/do/args/a/1", "/do/args/a/2"],
		],
		["event", "previous > 1", {}, ["/when/condition"]],
		["status", "value > 1", {}, ["/when/condition"]],
		["property", "value.matches('a+')", {}, ["/when/condition"]],
		["property", `${"(".repeat(300)}value${")".repeat(300)}`, {}, ["/when/condition"]],
		["property", `value == '${"x".repeat(4_096)}'`, {}, ["/when/condition"]],
	])("of the source %s: %s, %j", async (source, condition, args, pointers) => {
		const world = new World();
		const body = { when: { source, condition }, do: { service: "S", args } };
		const answer = await world.request("POST", "/v1/reactions", { body });
		expect(answer.status).toBe(400);
		const errors = answer.body["errors"] as Array<{ pointer: string; detail: string }>;
		expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
	});

	it("also by the message of a queue, where any name may be right", async () => {
		const world = new World();
		const body = { when: { source: "message", condition: "kind == 'x'" }, do: { service: "S" } };
		expect((await world.request("POST", "/v1/reactions", { body })).status).toBe(201);
	});

	it("and the sample of a test may have any name", async () => {
		const world = new World();
		const { id } = await create(world, "value.constructor == null", { v: "{% value %}" });
		const body =
			'{"value":{"\\u005f_proto__":9007199254740993},"__proto__":{"previous":1},"constructor":1}';
		const tried = await world.request("POST", `/v1/reactions/${id}/test`, { body });
		expect(tried.text).toContain('"args":{"v":{"__proto__":9007199254740993}}');
	});
});
