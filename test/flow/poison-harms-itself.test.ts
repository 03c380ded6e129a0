import { describe, expect, it } from "vitest";
import { TableError } from "../../shared/table/table.ts";
import { StrictTable } from "../support/table/strict-table.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const COMMANDS = "thingcast-commands";
const EVENTS = "thingcast-events";
const COMMAND = JSON.stringify({ device: LIGHT, service: "Set" });
const SENSOR = { iotId: "iot-s", productKey: "sensor", deviceName: "hall" };

function strict(): World {
	const world = new World({ table: (memory) => new StrictTable(memory) });
	world.platform.script = () => answered();
	return world;
}

const deadLetters = async (world: World) =>
	(await world.request("GET", "/v1/dead-letters")).body["deadLetters"] as Array<{
		reason: string;
		text: string;
	}>;

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("poison in a batch of commands", () => {
	const sound = (world: World, id: string) =>
		JSON.stringify(world.cloudEvent(COMMANDS, { id, body: COMMAND }));
	/** An event whose body is the given JSON, not a text. */
	const withBody = (world: World, body: string) =>
		JSON.stringify(world.cloudEvent(COMMANDS, { id: "p", body: "@" })).replace('"@"', body);

	it.each([
		["a body that is an object 65 levels deep", `{"a":${nested(65)}}`, "64 levels"],
		["a body 10,000 levels deep", nested(10_000), "64 levels"],
		["a body with __proto__ for a device", '{"__proto__":{"x":1},"service":"S"}', "/device"],
		["a body with a name twice", '{"a":1,"a":2}', "Duplicate key"],
		["a body that is half a character", '"\\ud800"', "not a JSON object"],
		["no JSON at all", "{]", "cannot be read"],
		["a device name of 2 KB", command({ deviceName: "x".repeat(2_048) }), "deviceName"],
		["a device with half a character in its name", command({ iotId: "\ud800" }), "/device/iotId"],
		["a service with half a character", command({}, { service: "S\udfff" }), "/service"],
		["an idempotency key that no text can carry", command({}, { idempotencyKey: "\ud800" }), "/id"],
	])("%s is a dead letter, once, and its neighbours are sent", async (_, body, reason) => {
		const world = strict();
		const event = `[${sound(world, "a")}, ${withBody(world, body)} ,${sound(world, "b")}]`;
		for (const _delivery of [1, 2]) {
			expect(await world.invokeQueue(event)).toMatchObject({ command: 2, noise: 1 });
		}
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(2);
		const letters = await deadLetters(world);
		expect(letters).toHaveLength(1);
		expect(letters[0]?.reason).toContain(reason);
	});

	it("that the table store refuses for good is a dead letter with its words", async () => {
		const world = new World({
			table: (memory) => ({
				get: (...args) => memory.get(...args),
				remove: (...args) => memory.remove(...args),
				range: (...args) => memory.range(...args),
				put: async (table, row, condition) => {
					if (table === "commands" && String(row.columns["document"]).includes("Poison"))
						throw new TableError("OTSParameterInvalid", "so not", {
							retryable: false,
							applied: "no",
						});
					return memory.put(table, row, condition);
				},
			}),
		});
		world.platform.script = () => answered();
		const poison = JSON.stringify({ device: LIGHT, service: "Poison" });
		await world.deliver({ id: "a", body: COMMAND }, { id: "p", body: poison });
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		expect((await deadLetters(world))[0]?.reason).toContain("so not");
	});

	it("does not keep a batch from coming back that the table store cannot take now", async () => {
		let down = true;
		const world = new World({
			table: (memory) => ({
				get: (...args) => memory.get(...args),
				remove: (...args) => memory.remove(...args),
				range: (...args) => memory.range(...args),
				put: async (table, row, condition) => {
					if (down) throw new TableError("OTSServerBusy", "", { retryable: true, applied: "no" });
					return memory.put(table, row, condition);
				},
			}),
		});
		world.platform.script = () => answered();
		await expect(world.deliver({ id: "a", body: COMMAND })).rejects.toThrow("OTSServerBusy");
		down = false;
		await world.deliver({ id: "a", body: COMMAND });
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		expect(await deadLetters(world)).toEqual([]);
	});
});

function command(device: object, more: object = {}): string {
	return JSON.stringify({ device: { ...LIGHT, ...device }, service: "Set", ...more });
}

describe("poison among what devices report", () => {
	it.each([
		["a reply with a requestId of 2,000 digits", { ...SENSOR, code: 200 }, "9".repeat(2_000)],
		["a reply of a device whose name has 2 KB", { ...long("deviceName"), code: 200 }, "1"],
		[
			"a status of a device whose product has 2 KB",
			{ ...long("productKey"), status: "online" },
			"",
		],
		["a property of a device whose id has 2 KB", { ...long("iotId"), items: { t: 1 } }, ""],
	])("%s is a dead letter, and the property beside it fires", async (_, fields, requestId) => {
		const world = strict();
		const reaction = {
			when: { source: "property", productKey: "sensor", condition: "previous == 1" },
			do: { device: LIGHT, service: "Fan" },
		};
		await world.request("POST", "/v1/reactions", { body: reaction });
		const post = (value: number) => JSON.stringify({ ...SENSOR, items: { t: { value } } });
		const bad = JSON.stringify(fields).replace(/}$/, requestId && `,"requestId":${requestId}}`);
		await world.deliverFrom(
			EVENTS,
			{ id: "1", body: post(1) },
			{ id: "p", body: requestId ? bad : JSON.stringify(fields) },
			{ id: "2", body: post(2) },
		);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		expect(await deadLetters(world)).toHaveLength(1);
	});

	function long(name: string) {
		return { ...SENSOR, [name]: "x".repeat(2_048) };
	}

	it("a property whose identifier no key can hold is not remembered, and the others are", async () => {
		const world = strict();
		const reaction = {
			when: { source: "property", productKey: "sensor", condition: "previous == 1" },
			do: { device: LIGHT, service: "Fan" },
		};
		await world.request("POST", "/v1/reactions", { body: reaction });
		const post = (value: number) =>
			JSON.stringify({
				...SENSOR,
				items: { ["x".repeat(2_000)]: { value }, "\ud800": { value }, t: { value } },
			});
		await world.deliverFrom(EVENTS, { id: "1", body: post(1) }, { id: "2", body: post(2) });
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("what reactions remember of one device is not another's", async () => {
		const world = strict();
		const body = {
			when: { source: "status", identifier: "online" },
			do: { service: "Hello" },
			cooldownSeconds: 3_600,
		};
		await world.request("POST", "/v1/reactions", { body });
		// Of 500 names some two share the first 16 bits of their hash.
		const messages = Array.from({ length: 500 }, (_, n) => ({
			id: `s${n}`,
			body: JSON.stringify({ productKey: "pk", deviceName: `d${n}`, status: "online" }),
		}));
		await world.deliverFrom(EVENTS, ...messages);
		await world.clock.advance(10_000);
		expect(world.platform.calls).toHaveLength(500);
	});
});

describe("poison in the table", () => {
	/** Overwrites a command's row with what is none. */
	async function damage(world: World, id: string, document: string): Promise<void> {
		const row = world.memory.all("commands").find(({ key }) => key[1] === id);
		if (!row) throw new Error("no such row");
		const damaged = { key: row.key, columns: { ...row.columns, document } };
		await world.memory.put("commands", damaged, { row: "any" });
	}

	it.each(["{", "{}", '{"state":"accepted"}'])(
		"a row that is no command (%s) is an entry with an error and fails no page and no tick",
		async (document) => {
			const world = strict();
			world.invocationsWork = false;
			const { id } = await world.send({ service: "Damaged" });
			await world.clock.advance(5);
			const sound = await world.send({ service: "Sound" });
			await damage(world, id, document);
			world.invocationsWork = true;
			await world.clock.advance(120_000);
			expect((await world.get(sound.id)).state).toBe("succeeded");
			for (const query of ["", "?productKey=pk&deviceName=light"]) {
				const page = await world.request("GET", `/v1/commands${query}`);
				expect(page.status).toBe(200);
				const commands = page.body["commands"] as Shown[];
				expect(commands.map((one) => one.id)).toEqual([sound.id, id]);
				expect(commands[1]).toMatchObject({ id, error: { code: "DamagedRow" } });
			}
		},
	);

	it("a parked row that is no command keeps no other parked command waiting", async () => {
		const world = strict();
		world.platform.script = (_, count) =>
			count <= 2
				? {
						kind: "refused",
						code: "iot.messagebroker.OFFLINE",
						message: "",
						httpStatus: 200,
						answer: { success: false },
					}
				: answered();
		const first = await world.send({ whenOffline: "wait" });
		const second = await world.send({ whenOffline: "wait" });
		await world.clock.advance(1_000);
		await damage(world, first.id, "{}");
		await world.status("online");
		await world.clock.advance(1_000);
		expect((await world.get(second.id)).state).toBe("succeeded");
	});

	it("a command of a worker's batch that is none harms no other of it", async () => {
		const world = strict();
		world.invocationsWork = false;
		const { id } = await world.send({});
		const stored = await world.stores.commands.get(id);
		if (!stored) throw new Error("not stored");
		const commands = [
			{ version: "x", command: {} },
			{ version: "1", command: stored.document },
		];
		const event = Buffer.from(JSON.stringify({ commands }));
		await world.clock.run(world.worker(event, { requestId: "r", timeoutSeconds: 300 }));
		expect((await world.get(id)).state).toBe("succeeded");
	});
});
