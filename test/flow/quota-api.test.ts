import { describe, expect, it } from "vitest";
import { answered, throttled } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

describe("GET /v1/quota", () => {
	it("shows the limit, and nothing used while nothing was sent", async () => {
		const { body, status } = await new World().request("GET", "/v1/quota");
		expect(status).toBe(200);
		expect(body).toMatchObject({
			limit: 500,
			share: 1,
			rate: null,
			instances: 0,
			lastMinute: { granted: 0, used: 0, throttled: 0 },
		});
	});

	it("shows the last minute's calls of every instance, by lane", async () => {
		const world = new World();
		let calls = 0;
		world.platform.script = () => (calls++ === 0 ? throttled : answered());
		await world.send({});
		for (let n = 0; n < 3; n++) await world.send({ lane: "bulk" });
		await world.clock.advance(5_000);
		const none = { granted: 0, used: 0, throttled: 0 };
		expect((await world.request("GET", "/v1/quota")).body["lastMinute"]).toEqual({
			granted: 5,
			used: 5,
			throttled: 1,
			lanes: {
				interactive: { granted: 2, used: 2, throttled: 1 },
				bulk: { granted: 3, used: 3, throttled: 0 },
			},
		});
		await world.clock.advance(65_000);
		expect((await world.request("GET", "/v1/quota")).body["lastMinute"]).toMatchObject(none);
	});

	it("needs a key, and is only read", async () => {
		const world = new World();
		expect((await world.request("GET", "/v1/quota", { key: null })).status).toBe(401);
		const answer = await world.request("POST", "/v1/quota", { body: {} });
		expect(answer.status).toBe(405);
		expect(answer.headers["allow"]).toBe("GET, HEAD, OPTIONS");
	});
});
