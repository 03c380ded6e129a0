import { describe, expect, it } from "vitest";
import { type Table, TableError } from "../../shared/table/table.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMAND = { device: LIGHT, service: "Set" };
const HEADERS = { "x-fc-request-id": "r-1", "x-forwarded-for": "203.0.113.7, 10.0.0.1" };

async function audit(world: World): Promise<Array<Record<string, unknown>>> {
	const { body } = await world.request("GET", "/v1/audit?limit=100");
	return body["audit"] as Array<Record<string, unknown>>;
}

/** A table whose writes to the audit meet this first. */
const withAudit =
	(meet: () => Promise<void>) =>
	(table: Table): Table => ({
		get: (...read) => table.get(...read),
		async put(name, row, condition) {
			if (name === "audit") await meet();
			return table.put(name, row, condition);
		},
		remove: (...write) => table.remove(...write),
		range: (...read) => table.range(...read),
	});

describe("the audit", () => {
	it("has every change, with who, what, whence and when", async () => {
		const world = new World();
		const at = new Date(world.clock.now()).toISOString();
		const made = await world.request("POST", "/v1/commands", { body: COMMAND, headers: HEADERS });
		const [entry] = await audit(world);
		expect(entry).toEqual({
			id: expect.stringMatching(/^[0-9A-Z]{26}$/),
			at,
			by: "bootstrap-1",
			keyId: expect.stringMatching(/^[0-9A-Z]{26}$/),
			action: "createCommand",
			subject: made.body.id,
			status: 202,
			requestId: "r-1",
			address: "203.0.113.7",
		});
	});

	it("has changes of every method and refused ones, and no reads", async () => {
		const world = new World();
		const schedule = { when: { every: 3_600 }, command: COMMAND };
		const { id } = (await world.request("POST", "/v1/schedules", { body: schedule })).body;
		const { key } = (
			await world.request("POST", "/v1/keys", {
				body: { name: "reader", scopes: ["schedules:read"] },
			})
		).body as unknown as { key: string };
		const path = `/v1/schedules/${id}`;
		const steps = [
			["PUT", path, { body: schedule, headers: { "if-match": '"9"' } }, 412],
			["PUT", path, { body: {} }, 400],
			["POST", `${path}/pause`, { key }, 403],
			["GET", path, {}, 200],
			["DELETE", path, {}, 204],
			["DELETE", path, {}, 404],
		] as const;
		for (const [method, where, options, status] of steps) {
			await world.clock.advance(10);
			expect((await world.request(method, where, options)).status).toBe(status);
		}
		const shown = (await audit(world)).map(({ by, action, subject, status }) => [
			by,
			action,
			subject === id ? "it" : typeof subject,
			status,
		]);
		expect(shown.slice(0, 5)).toEqual([
			["bootstrap-1", "deleteSchedule", "it", 404],
			["bootstrap-1", "deleteSchedule", "it", 204],
			["reader", "pauseSchedule", "it", 403],
			["bootstrap-1", "replaceSchedule", "it", 400],
			["bootstrap-1", "replaceSchedule", "it", 412],
		]);
		expect(shown).toHaveLength(7);
	});

	it("is given page by page, newest first", async () => {
		const world = new World();
		for (let n = 0; n < 5; n++) {
			await world.send({});
			await world.clock.advance(10);
		}
		const seen: unknown[] = [];
		for (let path: string | undefined = "/v1/audit?limit=2"; path; ) {
			const { body, headers } = await world.request("GET", path);
			seen.push(...(body["audit"] as Array<{ at: string }>).map(({ at }) => at));
			path = /^<(.*)>/.exec(headers["link"] ?? "")?.[1];
		}
		expect(seen).toHaveLength(5);
		expect(seen).toEqual([...seen].sort().reverse());
	});

	it("has nothing of strangers, who could fill it", async () => {
		const world = new World();
		for (const key of [null, "a-wrong-key"]) {
			expect((await world.request("POST", "/v1/commands", { key, body: COMMAND })).status).toBe(
				401,
			);
		}
		expect(await audit(world)).toEqual([]);
	});

	it("never has a secret", async () => {
		const world = new World({ logLevel: "debug" });
		const body = { name: "gate 7", scopes: ["admin"] };
		const { key } = (await world.request("POST", "/v1/keys", { body })).body as unknown as {
			key: string;
		};
		await world.request("POST", "/v1/commands", { key, body: COMMAND });
		const written = `${JSON.stringify(await audit(world))}${world.logged.join()}`;
		expect(written).toContain("gate 7");
		for (const secret of [key, key.slice(-43), "a-key-for-the-tests"]) {
			expect(written).not.toContain(secret);
		}
	});

	it("that cannot be written leaves the change and its answer as they are, and says so in the log", async () => {
		const failure = new TableError("OTSTimeout", "no answer", { retryable: true, applied: "no" });
		const world = new World({ table: withAudit(() => Promise.reject(failure)) });
		const { id } = await world.send({});
		expect((await world.get(id)).id).toBe(id);
		const line = world.logged.find((one) => one.includes("the audit lacks an entry")) ?? "{}";
		expect(JSON.parse(line)).toMatchObject({
			level: "error",
			action: "createCommand",
			subject: id,
		});
	});

	it("that does not answer holds an answer back for half a second, not longer", async () => {
		const world = new World({ table: withAudit(() => new Promise(() => {})) });
		const before = world.clock.now();
		await world.send({});
		expect(world.clock.now() - before).toBe(500);
	});
});

describe("the log", () => {
	it("has one line a request, by the names of Function Compute's request metrics", async () => {
		const world = new World({ logLevel: "info" });
		const { id } = await world.send({});
		world.logged.length = 0;
		await world.request("GET", `/v1/commands/${id}`, { headers: HEADERS });
		await world.request("GET", "/v1/commands/x", { key: "wrong", headers: HEADERS });
		await world.request("POST", "/nowhere", { body: {} });
		const lines = world.logged.map((line) => JSON.parse(line) as object);
		const seen = { level: "info", message: "request", requestId: "r-1", clientIP: "203.0.113.7" };
		expect(lines).toEqual([
			{
				...seen,
				method: "GET",
				path: "/v1/commands/{id}",
				statusCode: 200,
				durationMs: expect.any(Number),
				key: "bootstrap-1",
			},
			{
				...seen,
				method: "GET",
				path: "/v1/commands/{id}",
				statusCode: 401,
				durationMs: expect.any(Number),
			},
			expect.objectContaining({
				requestId: "unknown",
				clientIP: "unknown",
				path: "none",
				statusCode: 404,
			}),
		]);
	});
});
