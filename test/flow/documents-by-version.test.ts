import { describe, expect, it } from "vitest";
import { LIGHT, World } from "../support/world/world.ts";

const ID = "01KATZ5Y3RQ9K0M8V7D4N2XHBC";
const BODIES = {
	schedules: {
		when: { every: 3600 },
		command: { device: LIGHT, service: "Set" },
	},
	reactions: { when: { source: "property" }, do: { service: "Set" } },
};

describe.each(Object.entries(BODIES))("one of %s", (list, body) => {
	const path = `/v1/${list}/${ID}`;
	const create = (world: World, name = "first") =>
		world.request("PUT", path, {
			body: { ...body, name },
			headers: { "If-None-Match": "*" },
		});

	it("is created by PUT with If-None-Match: *, under the id of the path, and only once", async () => {
		const world = new World();
		const created = await create(world);
		expect(created).toMatchObject({ status: 201, headers: { location: path }, body: { id: ID } });
		expect(created.headers["etag"]).toBe('"1"');
		expect(await create(world, "second")).toMatchObject({
			status: 412,
			headers: { etag: '"1"' },
		});
		expect((await world.request("GET", path)).body["name"]).toBe("first");
	});

	it("is made by one of many that create it at once", async () => {
		const world = new World();
		const answers = await Promise.all(["a", "b", "c", "d"].map((name) => create(world, name)));
		expect(answers.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412]);
	});

	it("is not created under something that is no id, nor without If-None-Match", async () => {
		const world = new World();
		const headers = { "If-None-Match": "*" };
		const other = await world.request("PUT", `/v1/${list}/night`, { body, headers });
		expect(other).toMatchObject({
			status: 400,
			body: { type: "urn:thingcast:problem:invalid-request" },
		});
		expect((await world.request("PUT", path, { body })).status).toBe(404);
	});

	it.each([
		['"7", "1"', 200],
		["*", 200],
		['"7", "8"', 412],
		['W/"1"', 412],
		["one", 412],
	])("is replaced with If-Match: %s: %i", async (match, status) => {
		const world = new World();
		await create(world);
		const headers = { "If-Match": match };
		expect((await world.request("PUT", path, { body, headers })).status).toBe(status);
	});

	it("is removed in the version that is meant", async () => {
		const world = new World();
		await create(world);
		await world.request("PUT", path, { body });
		const remove = (version: string) =>
			world.request("DELETE", path, { headers: { "If-Match": version } });
		expect((await remove('"1"')).status).toBe(412);
		expect((await remove('"1", "2"')).status).toBe(204);
		expect((await remove("*")).status).toBe(404);
	});

	it("is listed page by page, each with a link to the next", async () => {
		const world = new World();
		for (let n = 0; n < 5; n++) {
			await world.request("POST", `/v1/${list}`, { body });
			await world.clock.advance(10);
		}
		const sizes: number[] = [];
		for (let next: string | undefined = `/v1/${list}?limit=2`; next; ) {
			const page: Awaited<ReturnType<World["request"]>> = await world.request("GET", next);
			sizes.push((page.body[list] as unknown[]).length);
			next = /^<(.*)>; rel="next"$/.exec(page.headers["link"] ?? "")?.[1];
			expect(page.body["cursor"] === null).toBe(next === undefined);
		}
		expect(sizes).toEqual([2, 2, 1]);
	});

	it("is what a wrong body with a new key leaves free for the right one", async () => {
		const world = new World();
		const headers = { "Idempotency-Key": "k" };
		const wrong = { ...body, when: { at: "2001-01-01T00:00:00", timeZone: "Asia/Shanghai" } };
		expect((await world.request("POST", `/v1/${list}`, { body: wrong, headers })).status).toBe(400);
		expect((await world.request("POST", `/v1/${list}`, { body, headers })).status).toBe(201);
	});
});

describe("a path of the API", () => {
	it("takes HEAD where it takes GET", async () => {
		const world = new World();
		const url = "http://function/v1/commands";
		const headers = { authorization: "Bearer a-key-for-the-tests" };
		const answer = await world.http.request(url, { method: "HEAD", headers });
		expect([answer.status, await answer.text()]).toEqual([200, ""]);
	});

	it.each(["/v1/nothing", "/v1/commands/x/y/z"])("%s is 401 without a key", async (path) => {
		const world = new World();
		expect((await world.request("GET", path, { key: null })).status).toBe(401);
	});
});
