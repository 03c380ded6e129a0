import { describe, expect, it } from "vitest";
import { ROUTES } from "../../functions/http/document/index.ts";
import { SCOPES } from "../../shared/key/scopes.ts";
import { type Table, TableError } from "../../shared/table/table.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const OTHER = { productKey: "other", deviceName: "lamp" };
const command = (device: object = LIGHT) => ({ device, service: "Set" });
const schedule = (...devices: object[]) => ({
	when: { every: 3_600 },
	command: { devices, service: "Set" },
});
const reaction = (when: object) => ({
	when: { source: "property", ...when },
	do: { service: "Set" },
});

/** A table whose reads of keys are looked at first. */
const watched =
	(onRead: () => void) =>
	(table: Table): Table => ({
		async get(name, key) {
			if (name === "keys") onRead();
			return table.get(name, key);
		},
		put: (...write) => table.put(...write),
		remove: (...write) => table.remove(...write),
		range: (...read) => table.range(...read),
	});

interface Made {
	readonly id: string;
	readonly key: string;
}

async function makeKey(world: World, body: object): Promise<Made> {
	const answer = await world.request("POST", "/v1/keys", { body: { name: "test", ...body } });
	if (answer.status !== 201) throw new Error(answer.text);
	return answer.body as unknown as Made;
}

/** Statuses of these requests, made with one key after the other. */
async function statusOf(world: World, key: string, method: string, path: string, body?: object) {
	return (await world.request(method, path, { key, ...(body ? { body } : {}) })).status;
}

describe("POST /v1/keys", () => {
	it("shows the secret once, and stores a hash", async () => {
		const world = new World();
		const body = {
			name: "gate 7",
			scopes: ["commands:read"],
			products: ["pk"],
			ratePerSecond: 2.5,
			expiresAt: "2100-01-01T00:00:00.000Z",
		};
		const made = await world.request("POST", "/v1/keys", { body });
		expect(made.status).toBe(201);
		expect(made.headers).toMatchObject({ etag: '"1"', "cache-control": "no-store" });
		expect(made.body).toMatchObject({ ...body, by: "bootstrap-1" });
		const { key, ...shown } = made.body as unknown as Made;
		expect(key).toMatch(/^thingcast_[0-9A-Z]{26}_[\w-]{43}$/);
		const path = made.headers["location"] ?? "";
		expect(await world.request("GET", path)).toMatchObject({ status: 200, body: shown });
		const list = await world.request("GET", "/v1/keys");
		expect(list.body["keys"]).toEqual([shown]);
		const stored = String(world.memory.all("keys")[0]?.columns["document"]);
		expect(stored).not.toContain(key.slice(-43));
		expect(stored).toMatch(/[0-9a-f]{64}/);
	});

	it("is refused field by field", async () => {
		const body = { name: "", scopes: ["root"], ratePerSecond: -1 };
		const answer = await new World().request("POST", "/v1/keys", { body });
		expect(answer.status).toBe(400);
		const errors = answer.body["errors"] as Array<{ pointer: string }>;
		expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
			"/name",
			"/ratePerSecond",
			"/scopes/0",
		]);
	});

	it("is listed page by page, newest first", async () => {
		const world = new World();
		const ids: string[] = [];
		for (let n = 0; n < 5; n++) {
			ids.unshift((await makeKey(world, { scopes: ["admin"] })).id);
			await world.clock.advance(10);
		}
		const seen: string[] = [];
		for (let path: string | undefined = "/v1/keys?limit=2"; path; ) {
			const { body, headers } = await world.request("GET", path);
			seen.push(...(body["keys"] as Made[]).map(({ id }) => id));
			path = /^<(.*)>/.exec(headers["link"] ?? "")?.[1];
		}
		expect(seen).toEqual(ids);
	});
});

describe("a key", () => {
	it("may do what its scopes say and nothing else", async () => {
		const world = new World();
		const { key: reader } = await makeKey(world, { scopes: ["commands:read"] });
		const { key: writer } = await makeKey(world, { scopes: ["commands:write", "schedules:read"] });
		expect(await statusOf(world, reader, "GET", "/v1/commands")).toBe(200);
		expect(await statusOf(world, reader, "POST", "/v1/commands", command())).toBe(403);
		expect(await statusOf(world, reader, "GET", "/v1/schedules")).toBe(403);
		expect(await statusOf(world, writer, "POST", "/v1/commands", command())).toBe(202);
		expect(await statusOf(world, writer, "GET", "/v1/commands")).toBe(403);
		expect(await statusOf(world, writer, "GET", "/v1/schedules")).toBe(200);
		for (const key of [reader, writer]) {
			expect(await statusOf(world, key, "GET", "/v1/keys")).toBe(403);
			expect(await statusOf(world, key, "GET", "/v1/audit")).toBe(403);
			expect(await statusOf(world, key, "POST", "/v1/keys", { name: "x", scopes: ["admin"] })).toBe(
				403,
			);
		}
	});

	it("is told which scope it lacks", async () => {
		const world = new World();
		const { key } = await makeKey(world, { name: "dashboard", scopes: ["commands:read"] });
		const answer = await world.request("POST", "/v1/commands", { key, body: command() });
		expect(answer.body).toMatchObject({
			type: "urn:thingcast:problem:forbidden",
			scope: "commands:write",
		});
		expect(answer.headers["www-authenticate"]).toContain('error="insufficient_scope"');
	});

	it("makes keys if it is an admin's", async () => {
		const world = new World();
		const { key } = await makeKey(world, { name: "boss", scopes: ["admin"] });
		const made = await world.request("POST", "/v1/keys", {
			key,
			body: { name: "mine", scopes: ["admin"] },
		});
		expect(made).toMatchObject({ status: 201, body: { by: "boss" } });
	});

	it("that is revoked works no longer than 5 s, in an instance that has used it", async () => {
		const world = new World();
		const { id, key } = await makeKey(world, { scopes: ["commands:read"] });
		expect(await statusOf(world, key, "GET", "/v1/commands")).toBe(200);
		expect((await world.request("DELETE", `/v1/keys/${id}`)).status).toBe(204);
		await world.clock.advance(5_000);
		const after = await world.request("GET", "/v1/commands", { key });
		expect(after.status).toBe(401);
		expect(after.headers["www-authenticate"]).toContain('error="invalid_token"');
		expect((await world.request("DELETE", `/v1/keys/${id}`)).status).toBe(404);
	});

	it("expires to the millisecond, also while it is remembered", async () => {
		const world = new World();
		const expiresAt = new Date(world.clock.now() + 1_000).toISOString();
		const { key } = await makeKey(world, { scopes: ["commands:read"], expiresAt });
		await world.clock.advance(999);
		expect(await statusOf(world, key, "GET", "/v1/commands")).toBe(200);
		await world.clock.advance(1);
		expect(await statusOf(world, key, "GET", "/v1/commands")).toBe(401);
	});

	it("is read once in a few seconds, however many requests carry it", async () => {
		let reads = 0;
		const world = new World({ table: watched(() => reads++) });
		const { key } = await makeKey(world, { scopes: ["commands:read"] });
		for (let n = 0; n < 50; n++) await statusOf(world, key, "GET", "/v1/commands");
		expect(reads).toBe(1);
		await world.clock.advance(3_000);
		await Promise.all(
			Array.from({ length: 50 }, () => statusOf(world, key, "GET", "/v1/commands")),
		);
		expect(reads).toBe(2);
	});

	it("cannot be told from a wrong one while the table is out: 503, and API_KEYS still pass", async () => {
		let out = false;
		const world = new World({
			table: watched(() => {
				if (out)
					throw new TableError("OTSTimeout", "no answer", { retryable: true, applied: "no" });
			}),
		});
		const { key } = await makeKey(world, { scopes: ["commands:read"] });
		out = true;
		const answer = await world.request("GET", "/v1/commands", { key });
		expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
		expect((await world.request("GET", "/v1/commands")).status).toBe(200);
		out = false;
		expect(await statusOf(world, key, "GET", "/v1/commands")).toBe(200);
	});
});

describe("ratePerSecond", () => {
	it("answers 429 beyond it, with the time to come back, and counts each key alone", async () => {
		const world = new World();
		const [one, two] = [
			await makeKey(world, { scopes: ["commands:read"], ratePerSecond: 2 }),
			await makeKey(world, { scopes: ["commands:read"], ratePerSecond: 2 }),
		];
		const get = (key: string) => world.request("GET", "/v1/commands", { key });
		const statuses = [];
		for (let n = 0; n < 4; n++) statuses.push((await get(one.key)).status);
		expect(statuses).toEqual([200, 200, 429, 429]);
		const refused = await get(one.key);
		expect(refused.body["type"]).toBe("urn:thingcast:problem:too-many-requests");
		expect(refused.headers["retry-after"]).toBe("1");
		expect((await get(two.key)).status).toBe(200);
		await world.clock.advance(1_000);
		expect((await get(one.key)).status).toBe(200);
	});
});

describe("wrong keys", () => {
	const guess = (world: World, n: number, address = "203.0.113.7") =>
		world.request("GET", "/v1/commands", {
			key: `a-guess-${n}`,
			headers: { "x-forwarded-for": address },
		});

	it("slow down who tries them, and nobody else", async () => {
		const world = new World();
		const { key } = await makeKey(world, { scopes: ["commands:read"] });
		const own = { "x-forwarded-for": "203.0.113.7" };
		await world.request("GET", "/v1/commands", { key, headers: own });
		const statuses = [];
		for (let n = 0; n < 15; n++) statuses.push((await guess(world, n)).status);
		expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
		expect((await guess(world, 99)).headers["retry-after"]).toBe("2");
		// Not even a right one is looked at now, unless it was right before.
		const bootstrap = { headers: own };
		expect((await world.request("GET", "/v1/commands", bootstrap)).status).toBe(200);
		expect((await world.request("GET", "/v1/commands", { key, headers: own })).status).toBe(200);
		expect((await guess(world, 100, "198.51.100.1")).status).toBe(401);
		await world.clock.advance(2_000);
		expect((await guess(world, 101)).status).toBe(401);
	});

	it("of the right form are looked up once", async () => {
		let reads = 0;
		const world = new World({ table: watched(() => reads++) });
		const { key } = await makeKey(world, { scopes: ["commands:read"] });
		const wrong = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
		for (let n = 0; n < 5; n++) {
			expect(await statusOf(world, wrong, "GET", "/v1/commands")).toBe(401);
		}
		expect(reads).toBe(1);
		expect(await statusOf(world, key, "GET", "/v1/commands")).toBe(200);
	});
});

describe("a key that is limited to products", () => {
	const limited = async () => {
		const world = new World();
		world.platform.script = () => answered();
		const scopes = ["commands", "schedules", "reactions"].flatMap((area) => [
			`${area}:read`,
			`${area}:write`,
		]);
		const { key } = await makeKey(world, { name: "limited", scopes, products: ["pk"] });
		const ask = (method: string, path: string, body?: object) =>
			world.request(method, path, { key, ...(body ? { body } : {}) });
		return { world, ask };
	};

	it("sends to devices of these products only, by their names", async () => {
		const { ask } = await limited();
		expect((await ask("POST", "/v1/commands", command())).status).toBe(202);
		for (const device of [OTHER, { iotId: "iot-1" }, { ...LIGHT, iotId: "iot-2" }]) {
			const answer = await ask("POST", "/v1/commands", command(device));
			expect(answer).toMatchObject({ status: 403, body: { products: ["pk"] } });
		}
	});

	it("sees and changes commands to them only", async () => {
		const { world, ask } = await limited();
		world.invocationsWork = false;
		const mine = await world.send({});
		const other = await world.send({ device: OTHER });
		await world.send({ device: { iotId: "iot-1" } });
		const list = await ask("GET", "/v1/commands");
		expect((list.body["commands"] as Made[]).map(({ id }) => id)).toEqual([mine.id]);
		expect(
			(await ask("GET", `/v1/commands?productKey=other&deviceName=lamp`)).body["commands"],
		).toEqual([]);
		expect((await ask("GET", `/v1/commands/${other.id}`)).status).toBe(404);
		expect((await ask("POST", `/v1/commands/${other.id}/cancel`)).status).toBe(404);
		expect((await ask("POST", `/v1/commands/${other.id}/redrive`)).status).toBe(404);
		expect((await world.get(other.id)).state).toBe("accepted");
		expect((await ask("POST", `/v1/commands/${mine.id}/cancel`)).status).toBe(200);
	});

	it("has schedules for them only", async () => {
		const { world, ask } = await limited();
		const body = schedule(LIGHT, OTHER);
		expect((await ask("POST", "/v1/schedules", body)).status).toBe(403);
		const mine = (await ask("POST", "/v1/schedules", schedule(LIGHT))).body;
		const path = `/v1/schedules/${mine.id}`;
		expect((await ask("PUT", path, body)).status).toBe(403);
		expect((await ask("PUT", path, schedule(LIGHT))).status).toBe(200);
		const both = (await world.request("POST", "/v1/schedules", { body })).body;
		for (const [method, what, sent] of [
			["GET", "", undefined],
			["GET", "/preview", undefined],
			["PUT", "", schedule(LIGHT)],
			["POST", "/pause", undefined],
			["DELETE", "", undefined],
		] as const) {
			expect((await ask(method, `/v1/schedules/${both.id}${what}`, sent)).status).toBe(404);
		}
		const list = (await ask("GET", "/v1/schedules")).body["schedules"] as Made[];
		expect(list.map(({ id }) => id)).toEqual([mine.id]);
	});

	it("does not learn by an id that it may not see", async () => {
		const { world, ask } = await limited();
		const other = (await world.request("POST", "/v1/schedules", { body: schedule(OTHER) })).body;
		const { key } = await makeKey(world, { scopes: ["schedules:write"], products: ["pk"] });
		const answer = await world.request("PUT", `/v1/schedules/${other.id}`, {
			key,
			body: schedule(LIGHT),
			headers: { "if-none-match": "*" },
		});
		expect(answer.status).toBe(403);
		expect((await ask("GET", `/v1/schedules/${other.id}`)).status).toBe(404);
	});

	it("has reactions whose devices are of these products for certain", async () => {
		const { world, ask } = await limited();
		expect((await ask("POST", "/v1/reactions", reaction({}))).status).toBe(403);
		const mine = await ask("POST", "/v1/reactions", reaction({ productKey: "pk" }));
		expect(mine.status).toBe(201);
		const any = (await world.request("POST", "/v1/reactions", { body: reaction({}) })).body;
		expect((await ask("GET", `/v1/reactions/${any.id}`)).status).toBe(404);
		expect((await ask("POST", `/v1/reactions/${any.id}/test`, {})).status).toBe(404);
		const list = (await ask("GET", "/v1/reactions")).body["reactions"] as Made[];
		expect(list.map(({ id }) => id)).toEqual([mine.body.id]);
	});

	it("is refused by every route that says nothing of products, jobs above all", async () => {
		const { world } = await limited();
		const every = { scopes: SCOPES.filter((scope) => scope !== "admin"), products: ["pk"] };
		const { key } = await makeKey(world, every);
		const targets = { devices: [LIGHT] };
		const job = { name: "all", targets, command: { service: "Set" }, waves: [{ percent: 100 }] };
		expect((await world.request("POST", "/v1/jobs", { body: job })).status).toBe(201);
		expect(await statusOf(world, key, "POST", "/v1/jobs", job)).toBe(403);
		expect(await statusOf(world, key, "GET", "/v1/jobs")).toBe(403);
		for (const route of ROUTES.filter(({ scope, withinProducts }) => scope && !withinProducts)) {
			const path = route.path.replace(/\{\w+\}/g, "01KATZ5Y3RQ9K0M8V7D4N2XHBC");
			expect([path, await statusOf(world, key, route.method, path)]).toEqual([path, 403]);
		}
	});

	it("sees the devices of its products", async () => {
		const { world } = await limited();
		await world.status("online");
		const { key } = await makeKey(world, { scopes: ["devices:read"], products: ["other"] });
		const { key: own } = await makeKey(world, { scopes: ["devices:read"], products: ["pk"] });
		const listed = async (by: string) =>
			(await world.request("GET", "/v1/devices", { key: by })).body["devices"];
		expect(await listed(own)).toMatchObject([LIGHT]);
		expect(await listed(key)).toEqual([]);
		for (const path of ["/v1/devices/pk/light", "/v1/devices/pk/light/timeline"]) {
			expect(await statusOf(world, own, "GET", path)).toBe(200);
			expect(await statusOf(world, key, "GET", path)).toBe(404);
		}
	});

	it("has nothing to do with dead letters", async () => {
		const { world, ask } = await limited();
		await world.deliver({ id: "m1", body: "{" });
		const [letter] = (await world.request("GET", "/v1/dead-letters")).body["deadLetters"] as Made[];
		expect(letter).toBeDefined();
		expect((await ask("GET", "/v1/dead-letters")).status).toBe(403);
		expect((await ask("GET", `/v1/dead-letters/${letter?.id}`)).status).toBe(403);
		expect((await ask("POST", `/v1/dead-letters/${letter?.id}/redrive`)).status).toBe(403);
	});
});

describe("what a key has made", () => {
	it("names it: commands, their redrives, schedules, reactions, and what these send", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const { key } = await makeKey(world, { name: "gate 7", scopes: ["admin"] });
		const post = (path: string, body?: object) =>
			world.request("POST", path, { key, ...(body ? { body } : {}) });
		const sent = (await post("/v1/commands", command())).body;
		expect(sent.source).toEqual({ type: "http", ref: null, by: "gate 7" });
		await world.clock.advance(1_000);
		const again = (await post(`/v1/commands/${sent.id}/redrive`)).body;
		expect(again.source).toMatchObject({ type: "redrive", by: "gate 7" });
		const every = (await post("/v1/schedules", schedule(LIGHT))).body;
		expect(every.source).toEqual({ type: "http", by: "gate 7" });
		const rule = (await post("/v1/reactions", reaction({ productKey: "pk" }))).body;
		expect(rule.source).toEqual({ type: "http", by: "gate 7" });
		await world.clock.advance(3_700_000);
		const { body } = await world.request("GET", `/v1/commands?schedule=${every.id}`);
		const [run] = body["commands"] as Array<{ source: object }>;
		expect(run?.source).toMatchObject({ type: "timer", by: "gate 7" });
		const replaced = await world.request("PUT", `/v1/schedules/${every.id}`, {
			body: schedule(LIGHT),
		});
		expect(replaced.body.source).toMatchObject({ by: "bootstrap-1" });
	});

	it("answers to its idempotency keys, and to nobody else's, the account's included", async () => {
		const world = new World();
		const keys = [
			(await makeKey(world, { scopes: ["admin"] })).key,
			(await makeKey(world, { scopes: ["admin"] })).key,
		];
		const headers = { "idempotency-key": "order-17" };
		const make = async (key: string | undefined, path: string, body: object) =>
			(await world.request("POST", path, { ...(key ? { key } : {}), body, headers })).body.id;
		for (const [path, body] of [
			["/v1/commands", command()],
			["/v1/schedules", schedule(LIGHT)],
			["/v1/reactions", reaction({})],
			["/v1/jobs", { name: "j", targets: { devices: [LIGHT] }, command: { service: "Set" } }],
		] as const) {
			const ids = [
				await make(keys[0], path, body),
				await make(keys[1], path, body),
				await make(undefined, path, body),
			];
			expect(new Set(ids).size).toBe(3);
			expect(await make(keys[1], path, body)).toBe(ids[1]);
		}
	});
});
