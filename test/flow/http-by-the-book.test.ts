import { describe, expect, it } from "vitest";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMAND = { device: LIGHT, service: "Set" };
const SCHEDULE = { when: { every: 3_600 }, command: COMMAND };

describe("HEAD and OPTIONS", () => {
	it("HEAD answers as GET does, without a body", async () => {
		const world = new World();
		const { id } = await world.send({});
		for (const path of ["/v1/commands", `/v1/commands/${id}`, "/healthz"]) {
			const [get, head] = [await world.request("GET", path), await world.request("HEAD", path)];
			expect(head).toMatchObject({ status: get.status, headers: get.headers, text: "" });
		}
		expect((await world.request("HEAD", "/v1/commands", { key: null })).status).toBe(401);
	});

	it("OPTIONS says what a path takes, without a key", async () => {
		const answer = await new World().request("OPTIONS", "/v1/schedules/x", { key: null });
		expect(answer).toMatchObject({
			status: 204,
			headers: { allow: "DELETE, GET, HEAD, OPTIONS, PUT" },
		});
		expect((await new World().request("OPTIONS", "/nowhere", { key: null })).status).toBe(404);
	});
});

describe("web pages", () => {
	const ask = (world: World, method: string, headers: Record<string, string>) =>
		world.request(method, "/v1/commands", {
			headers,
			...(method === "OPTIONS" ? { key: null } : {}),
		});
	const preflight = {
		"access-control-request-method": "POST",
		"access-control-request-headers": "authorization,prefer",
	};

	it("of no origin may call the API by default", async () => {
		const world = new World();
		for (const method of ["GET", "OPTIONS"]) {
			const answer = await ask(world, method, { origin: "https://a.example", ...preflight });
			expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
		}
	});

	it("of the configured origins may, and can read what they need", async () => {
		const world = new World({ corsOrigins: ["https://a.example", "https://b.example"] });
		const origin = "https://b.example";
		const before = await ask(world, "OPTIONS", { origin, ...preflight });
		expect(before).toMatchObject({
			status: 204,
			headers: { "access-control-allow-origin": origin, "access-control-max-age": "3600" },
		});
		expect(before.headers["access-control-allow-methods"]).toContain("DELETE");
		expect(before.headers["access-control-allow-headers"]).toContain("Authorization");
		const read = await ask(world, "GET", { origin });
		expect(read.headers).toMatchObject({ "access-control-allow-origin": origin, vary: "Origin" });
		expect(read.headers["access-control-expose-headers"]).toContain("ETag");
		const refused = await world.request("GET", "/v1/commands", { key: null, headers: { origin } });
		expect(refused).toMatchObject({
			status: 401,
			headers: { "access-control-allow-origin": origin },
		});
		const stranger = await ask(world, "GET", { origin: "https://c.example" });
		expect(stranger.headers).not.toHaveProperty("access-control-allow-origin");
	});

	it("of any origin may where that is configured", async () => {
		const world = new World({ corsOrigins: ["*"] });
		const { headers } = await ask(world, "GET", { origin: "https://c.example" });
		expect(headers["access-control-allow-origin"]).toBe("*");
	});
});

describe("the form of a body", () => {
	const post = (headers: Record<string, string>) =>
		new World().request("POST", "/v1/commands", { body: COMMAND, headers });

	it.each([
		"application/json",
		"Application/JSON; charset=UTF-8",
		'application/json;charset="utf-8"',
		"application/vnd.example+json",
	])("%s is read", async (type) => {
		expect((await post({ "content-type": type })).status).toBe(202);
	});

	it.each([
		"text/plain",
		"application/x-www-form-urlencoded",
		"application/jsonp",
		"application/json; charset=latin1",
		"multipart/form-data",
		"x",
	])("%s is answered with 415", async (type) => {
		const answer = await post({ "content-type": type });
		expect(answer.status).toBe(415);
		expect(answer.body["type"]).toBe("urn:thingcast:problem:unsupported-media-type");
	});

	it("an encoding other than identity is answered with 415 and what is taken", async () => {
		expect(await post({ "content-encoding": "gzip" })).toMatchObject({
			status: 415,
			headers: { "accept-encoding": "identity" },
		});
		expect((await post({ "content-encoding": "identity" })).status).toBe(202);
	});
});

describe("Prefer", () => {
	it("waits by whatever form the preference has, and says so", async () => {
		const world = new World();
		world.platform.script = () => answered();
		for (const prefer of ["WAIT=10", 'respond-async; x, wait="10"']) {
			const answer = await world.request("POST", "/v1/commands", {
				body: COMMAND,
				headers: { prefer },
			});
			expect(answer).toMatchObject({ status: 200, headers: { "preference-applied": "wait=10" } });
		}
	});
});

describe("Idempotency-Key", () => {
	it("means the same quoted and bare", async () => {
		const world = new World();
		const first = await world.send({}, { "idempotency-key": "order-17" });
		const second = await world.send({}, { "idempotency-key": '"order-17"' });
		expect(second.id).toBe(first.id);
	});
});

describe("versions", () => {
	it("every document has one as its ETag, also right after a change", async () => {
		const world = new World();
		const command = await world.request("POST", "/v1/commands", { body: COMMAND });
		expect(command.headers["etag"]).toBe('"1"');
		await world.clock.advance(1_000);
		const read = await world.request("GET", `/v1/commands/${command.body.id}`);
		expect(Number(read.headers["etag"]?.slice(1, -1))).toBeGreaterThan(1);
		await world.deliver({ id: "m1", body: "{" });
		const letters = (await world.request("GET", "/v1/dead-letters")).body["deadLetters"];
		const [letter] = letters as Array<{ id: string }>;
		const one = await world.request("GET", `/v1/dead-letters/${letter?.id}`);
		expect(one.headers["etag"]).toBe('"1"');
	});

	it("that a caller has already is answered with 304", async () => {
		const world = new World();
		world.invocationsWork = false;
		const { id } = await world.send({});
		const path = `/v1/commands/${id}`;
		const get = (tags: string) =>
			world.request("GET", path, { headers: { "if-none-match": tags } });
		for (const tags of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
			expect(await get(tags)).toMatchObject({ status: 304, text: "", headers: { etag: '"1"' } });
		}
		expect((await get('"2"')).status).toBe(200);
		await world.request("POST", `${path}/cancel`);
		expect(await get('"1"')).toMatchObject({ status: 200, headers: { etag: '"2"' } });
	});

	it("that a schedule no longer shows is not taken for known", async () => {
		const world = new World();
		const at = world.clock.now() + 90_000;
		const body = { ...SCHEDULE, when: { every: 3_600, from: new Date(at).toISOString() } };
		const { id } = (await world.request("POST", "/v1/schedules", { body })).body;
		const path = `/v1/schedules/${id}`;
		const first = await world.request("GET", path);
		const etag = first.headers["etag"] ?? "";
		const again = await world.request("GET", path, { headers: { "if-none-match": etag } });
		expect(again.status).toBe(304);
		world.ticking = false;
		await world.clock.advance(100_000);
		const after = await world.request("GET", path, { headers: { "if-none-match": etag } });
		expect(after.status).toBe(200);
		expect(after.body["nextRunAt"]).not.toBe(first.body["nextRunAt"]);
		// The version is the same all the while, and a change may name either tag.
		const change = { headers: { "if-match": etag } };
		expect((await world.request("POST", `${path}/skip`, change)).status).toBe(200);
	});

	it("may be one of several in If-Match", async () => {
		const world = new World();
		const { id } = (await world.request("POST", "/v1/schedules", { body: SCHEDULE })).body;
		const put = (headers: Record<string, string>) =>
			world.request("PUT", `/v1/schedules/${id}`, { body: SCHEDULE, headers });
		expect((await put({ "if-match": '"8", "1"' })).status).toBe(200);
		expect((await put({ "if-match": "*" })).status).toBe(200);
		expect(await put({ "if-match": '"1", W/"3"' })).toMatchObject({
			status: 412,
			headers: { etag: '"3"' },
			body: { version: 3 },
		});
		expect((await put({ "if-none-match": '"3"' })).status).toBe(412);
		expect((await put({ "if-none-match": "*" })).status).toBe(412);
	});

	it("of nothing makes a document under an id of the caller's", async () => {
		const world = new World();
		const path = "/v1/schedules/01KATZ5Y3RQ9K0M8V7D4N2XHBC";
		const put = (headers: Record<string, string>) =>
			world.request("PUT", path, { body: SCHEDULE, headers });
		expect((await put({})).status).toBe(404);
		expect(await put({ "if-none-match": "*" })).toMatchObject({
			status: 201,
			headers: { location: path, etag: '"1"' },
		});
		expect((await put({ "if-none-match": "*" })).status).toBe(412);
	});
});
