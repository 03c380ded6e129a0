import { describe, expect, it } from "vitest";
import { MAX_BODY_BYTES } from "../../shared/command/request.ts";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const VALID = { device: LIGHT, service: "Set" };

describe("POST /v1/commands", () => {
	it("answers 202 with the command and where it is", async () => {
		const world = new World();
		const answer = await world.request("POST", "/v1/commands", { body: VALID });
		expect(answer.status).toBe(202);
		expect(answer.headers["location"]).toBe(`/v1/commands/${answer.body.id}`);
		expect(answer.body).toMatchObject({
			device: LIGHT,
			service: "Set",
			args: {},
			state: "accepted",
			lane: "interactive",
			source: { type: "http", ref: null },
			attempts: [],
			expiresIn: 3600,
			replyTimeout: 60,
			onUnknown: "report",
			whenOffline: "fail",
			qos: 0,
		});
	});

	it("with Prefer: wait answers 200 as soon as the command has ended", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const before = world.clock.now();
		const answer = await world.request("POST", "/v1/commands", {
			body: VALID,
			headers: { prefer: "respond-async, wait=10" },
		});
		expect(answer.status).toBe(200);
		expect(answer.body.state).toBe("succeeded");
		expect(answer.headers["preference-applied"]).toBe("wait=10");
		expect(world.clock.now() - before).toBeLessThan(1_000);
	});

	it("with Prefer: wait answers 202 when that time is over, 30 s at the most", async () => {
		const world = new World();
		const before = world.clock.now();
		const answer = await world.request("POST", "/v1/commands", {
			body: { ...VALID, replyTimeout: 600 },
			headers: { prefer: "wait=3000" },
		});
		expect(answer.status).toBe(202);
		expect(answer.body.state).toBe("sent");
		expect(world.clock.now() - before).toBe(30_000);
	});

	it("with one key twenty times at once makes one command", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const answers = await Promise.all(
			Array.from({ length: 20 }, () =>
				world.request("POST", "/v1/commands", {
					body: VALID,
					headers: { "Idempotency-Key": "k" },
				}),
			),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
		expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
		await world.clock.advance(180_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("with one key and another body is refused, naming the first command", async () => {
		const world = new World();
		const { id } = await world.send({}, { "idempotency-key": "k" });
		const answer = await world.request("POST", "/v1/commands", {
			body: { ...VALID, service: "Get" },
			headers: { "idempotency-key": "k" },
		});
		expect(answer.status).toBe(409);
		expect(answer.body).toMatchObject({
			type: "urn:thingcast:problem:idempotency-conflict",
			commandId: id,
		});
	});

	it("takes a key anew after a day", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const first = await world.send({}, { "idempotency-key": "k" });
		await world.clock.advance(25 * 3_600_000);
		const second = await world.send({}, { "idempotency-key": "k" });
		expect(second.id).not.toBe(first.id);
	});
});

describe("GET /v1/commands", () => {
	const page = async (world: World, query: string) => {
		const { body } = await world.request("GET", `/v1/commands?${query}`);
		return body as unknown as { commands: Shown[]; cursor: string | null };
	};
	const all = async (world: World, query: string) => {
		const ids: string[] = [];
		let cursor: string | null = "";
		for (; cursor !== null; ) {
			const next: { commands: Shown[]; cursor: string | null } = await page(
				world,
				`${query}${cursor ? `&cursor=${cursor}` : ""}`,
			);
			ids.push(...next.commands.map(({ id }) => id));
			cursor = next.cursor;
		}
		return ids;
	};
	const filled = async () => {
		const world = new World();
		world.platform.script = (_, count) => (count % 2 ? answered() : sent(`m${count}`));
		const ids: string[] = [];
		for (let n = 0; n < 25; n++) {
			const device = n % 5 === 0 ? { productKey: "pk", deviceName: "other" } : LIGHT;
			ids.unshift((await world.send({ device, replyTimeout: 600 })).id);
			await world.clock.advance(10);
		}
		return { world, ids };
	};

	it("gives all commands, newest first, page by page", async () => {
		const { world, ids } = await filled();
		expect(await all(world, "limit=4")).toEqual(ids);
	});

	it("links to the next page", async () => {
		const { world, ids } = await filled();
		const first = await world.request("GET", "/v1/commands?limit=20");
		const [, path = ""] = /^<(.*)>; rel="next"$/.exec(first.headers["link"] ?? "") ?? [];
		const { body, headers } = await world.request("GET", path);
		const rest = body["commands"] as Shown[];
		expect(rest.map(({ id }) => id)).toEqual(ids.slice(20));
		expect(headers["link"]).toBeUndefined();
	});

	it("gives a device's commands only", async () => {
		const { world, ids } = await filled();
		const listed = await all(world, "productKey=pk&deviceName=other&limit=2");
		expect(listed).toHaveLength(5);
		expect(listed).toEqual(ids.filter((id) => listed.includes(id)));
	});

	it("gives a device's commands under whichever name it was called by", async () => {
		const { world } = await filled();
		const { id } = await world.send({ device: { iotId: "iot-1" } });
		const byName = await all(world, "productKey=pk&deviceName=light");
		expect(byName).toHaveLength(21);
		expect(byName[0]).toBe(id);
		expect(await all(world, "iotId=iot-1")).toEqual(byName);
	});

	it("gives the commands in one state, of all devices or of one", async () => {
		const { world } = await filled();
		expect(await all(world, "state=succeeded&limit=3")).toHaveLength(13);
		const sentOnes = await page(world, "state=sent&productKey=pk&deviceName=light&limit=100");
		expect(sentOnes.commands.every(({ state }) => state === "sent")).toBe(true);
		expect(await all(world, "state=unknown")).toEqual([]);
	});
});

describe("cancel and redrive", () => {
	it("cancel what has not been sent", async () => {
		const world = new World();
		world.invocationsWork = false;
		const { id } = await world.send({});
		const answer = await world.request("POST", `/v1/commands/${id}/cancel`);
		expect(answer).toMatchObject({ status: 200, body: { state: "canceled" } });
		world.invocationsWork = true;
		await world.clock.advance(180_000);
		expect(world.platform.calls).toHaveLength(0);
	});

	it("refuse to cancel once it is sending", async () => {
		const world = new World();
		world.platform.script = () => new Promise(() => {});
		const { id } = await world.send({});
		await world.clock.advance(100);
		const answer = await world.request("POST", `/v1/commands/${id}/cancel`);
		expect(answer).toMatchObject({ status: 409, body: { state: "sending" } });
	});

	it("send again as a new command that names the old one", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const { id } = await world.send({ args: "{ }", lane: "bulk" });
		expect((await world.request("POST", `/v1/commands/${id}/redrive`)).status).toBe(409);
		await world.clock.advance(1_000);
		const answer = await world.request("POST", `/v1/commands/${id}/redrive`);
		expect(answer).toMatchObject({
			status: 202,
			body: { source: { type: "redrive", ref: id }, args: "{ }", lane: "bulk" },
		});
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(2);
	});
});

describe("bad input", () => {
	const world = new World();
	const post = (body: unknown) => world.request("POST", "/v1/commands", { body });

	it.each([
		["text that is no JSON", "{", "malformed-json", ""],
		["an empty body", "", "malformed-json", ""],
		["JSON with a name twice", '{"service":"a","service":"b"}', "malformed-json", ""],
		["JSON that is nested too deep", "[".repeat(5000), "malformed-json", ""],
		["a list", "[]", "invalid-request", ""],
		["an unknown field", { ...VALID, colour: "red" }, "invalid-request", "/colour"],
		[
			"an unknown field of the device",
			{ ...VALID, device: { ...LIGHT, x: 1 } },
			"invalid-request",
			"/device/x",
		],
		["no device", { service: "Set" }, "invalid-request", "/device"],
		["half a device", { ...VALID, device: { productKey: "pk" } }, "invalid-request", "/device"],
		[
			"a device name with a slash",
			{ ...VALID, device: { iotId: "a/b" } },
			"invalid-request",
			"/device/iotId",
		],
		["no service", { device: LIGHT }, "invalid-request", "/service"],
		["a service that is a number", { ...VALID, service: 5 }, "invalid-request", "/service"],
		["args that are text but not JSON", { ...VALID, args: "{x" }, "invalid-request", "/args"],
		["args that are a list", { ...VALID, args: [1] }, "invalid-request", "/args"],
		["args that are the text of a number", { ...VALID, args: "5" }, "invalid-request", "/args"],
		["an expiry of zero", { ...VALID, expiresIn: 0 }, "invalid-request", "/expiresIn"],
		["an expiry that is text", { ...VALID, expiresIn: "60" }, "invalid-request", "/expiresIn"],
		["a fraction of a second", { ...VALID, replyTimeout: 1.5 }, "invalid-request", "/replyTimeout"],
		["an unknown lane", { ...VALID, lane: "fast" }, "invalid-request", "/lane"],
		["an unknown choice", { ...VALID, onUnknown: "retry" }, "invalid-request", "/onUnknown"],
		["a quality of service that there is not", { ...VALID, qos: 2 }, "invalid-request", "/qos"],
	])("%s is answered with 400 and the place", async (_, body, type, pointer) => {
		const answer = await post(body);
		expect(answer.status).toBe(400);
		expect(answer.headers["content-type"]).toBe("application/problem+json");
		expect(answer.body["type"]).toBe(`urn:thingcast:problem:${type}`);
		expect(String(answer.body["detail"])).not.toBe("");
		if (pointer) {
			const errors = answer.body["errors"] as Array<{ pointer: string }>;
			expect(errors.map((error) => error.pointer)).toContain(pointer);
		}
	});

	it("names every mistake at once", async () => {
		const { body } = await post({ service: "", lane: "x", nope: 1, args: "{" });
		const errors = body["errors"] as Array<{ pointer: string }>;
		expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
			"/args",
			"/device",
			"/lane",
			"/nope",
			"/service",
		]);
	});

	it("says of a field that is missing that it is required", async () => {
		const { body } = await post({ device: LIGHT });
		expect(body["errors"]).toEqual([{ pointer: "/service", detail: "is required" }]);
	});

	it("a body that is too large is answered with 413 and the limit", async () => {
		const answer = await post({ ...VALID, args: { x: "y".repeat(MAX_BODY_BYTES) } });
		expect(answer).toMatchObject({ status: 413, body: { limitBytes: MAX_BODY_BYTES } });
		expect(String(answer.body["detail"])).toContain("65536");
	});

	it("bytes that are not UTF-8 are answered with 400", async () => {
		const answer = await world.http.request("/v1/commands", {
			method: "POST",
			headers: { authorization: "Bearer a-key-for-the-tests" },
			body: new Uint8Array([0x7b, 0xff, 0x7d]),
		});
		expect(answer.status).toBe(400);
	});

	it.each([
		["no key", null],
		["a wrong key", "a-key-for-the-testz"],
		["the beginning of a key", "a-key"],
	])("%s is answered with 401", async (_, key) => {
		const answer = await world.request("GET", "/v1/commands", { key });
		expect(answer.status).toBe(401);
		expect(answer.headers["www-authenticate"]).toMatch(/^Bearer\b/);
	});

	it.each([
		["limit=0", "limit"],
		["limit=101", "limit"],
		["limit=x", "limit"],
		["state=done", "state"],
		["deviceName=light", "deviceName"],
		["sort=asc", "sort"],
	])("the query %s is answered with 400 and its name", async (query, name) => {
		const answer = await world.request("GET", `/v1/commands?${query}`);
		expect(answer.status).toBe(400);
		expect(String(answer.body["detail"])).toContain(name);
	});

	it.each(["x", "Li4v", "%F0%9F%92%A5"])("the cursor %s is answered with 400", async (cursor) => {
		const answer = await world.request("GET", `/v1/commands?cursor=${cursor}`);
		expect(answer).toMatchObject({
			status: 400,
			body: { type: "urn:thingcast:problem:invalid-cursor" },
		});
	});

	it("an idempotency key that is too long is answered with 400", async () => {
		const headers = { "idempotency-key": "k".repeat(129) };
		expect((await world.request("POST", "/v1/commands", { body: VALID, headers })).status).toBe(
			400,
		);
	});

	it.each([
		["GET", "/"],
		["GET", "/v2/commands"],
		["GET", "/v1/nothing"],
		["GET", "/v1/commands/nope"],
		["POST", "/v1/commands/01J00000000000000000000000_eA/cancel"],
		["GET", "/v1/dead-letters/nope"],
	])("%s %s is answered with 404", async (method, path) => {
		expect((await world.request(method, path)).status).toBe(404);
	});

	it.each([
		["DELETE", "/v1/commands", "GET, HEAD, OPTIONS, POST"],
		["PUT", "/v1/commands/x", "GET, HEAD, OPTIONS"],
		["GET", "/v1/commands/x/cancel", "OPTIONS, POST"],
		["POST", "/healthz", "GET, HEAD, OPTIONS"],
	])("%s %s is answered with 405 and what is allowed", async (method, path, allow) => {
		const answer = await world.request(method, path, method === "GET" ? {} : { body: "{}" });
		expect(answer).toMatchObject({ status: 405, headers: { allow } });
	});
});

describe("without a key", () => {
	it("healthz and the OpenAPI description are there", async () => {
		const world = new World();
		expect(await world.request("GET", "/healthz", { key: null })).toMatchObject({ status: 200 });
		const { body } = await world.request("GET", "/openapi.json", { key: null });
		expect(body).toMatchObject({ openapi: "3.1.0" });
		const paths = Object.keys(body["paths"] as object);
		expect(paths).toContain("/v1/commands/{id}/redrive");
	});
});

describe("the API's own description", () => {
	it("names every path of the API, and refers to nothing that it does not hold", async () => {
		const { body, text } = await new World().request("GET", "/openapi.json", { key: null });
		const paths = Object.keys(body["paths"] as object);
		expect(paths).toEqual(
			expect.arrayContaining([
				"/v1/schedules",
				"/v1/schedules/{id}",
				"/v1/schedules/{id}/preview",
				"/v1/schedules/{id}/pause",
				"/v1/schedules/{id}/resume",
				"/v1/schedules/{id}/skip",
				"/v1/reactions",
				"/v1/reactions/{id}",
				"/v1/reactions/{id}/test",
			]),
		);
		const { schemas } = body["components"] as { schemas: object };
		const named = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
		expect(named.filter((name) => !((name ?? "") in schemas))).toEqual([]);
		const request = (schemas as Record<string, { properties: object }>)["ScheduleRequest"];
		expect(Object.keys(request?.properties ?? {})).toEqual(
			expect.arrayContaining(["when", "command", "dst", "missed", "overlap", "jitterSeconds"]),
		);
	});
});
