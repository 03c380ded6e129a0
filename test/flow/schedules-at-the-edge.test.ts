import { describe, expect, it } from "vitest";
import { occurrences } from "../../shared/schedule/occurrences.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const command = { device: LIGHT, service: "Set" };
const create = (world: World, schedule: object) =>
	world.request("POST", "/v1/schedules", { body: { command, ...schedule } });

describe("what lies more than ten years ahead", () => {
	const far = "2036-06-01T00:00:00";
	const now = "2026-01-01T00:00:00Z";
	const daily = { when: { cron: "0 7 * * *", timeZone: "UTC" } };

	it.each([
		["/when/at", { when: { at: "2900-01-01T00:00:00", timeZone: "Asia/Shanghai" } }],
		["/when/at", { when: { at: far, timeZone: "UTC" } }],
		["/when/from", { when: { every: 60, from: `${far}Z` } }],
		["/startAt", { ...daily, startAt: `${far}Z` }],
		["/endAt", { ...daily, endAt: `${far}Z` }],
	])("is refused at %s", async (pointer, schedule) => {
		const { status, body } = await create(new World(), schedule);
		expect(status).toBe(400);
		expect(body["errors"]).toEqual([{ pointer, detail: "is more than 10 years ahead" }]);
	});

	it("is found in no time where it lies closer, and where a pattern fires every four years", () => {
		const startedAt = performance.now();
		const dst = { gap: "shift", twice: "first" } as const;
		const from = Date.parse(now);
		const first = (when: Parameters<typeof occurrences>[0]["when"]) =>
			occurrences({ when, dst }, from, from).next().value?.at;
		for (const timeZone of ["Asia/Shanghai", "Europe/Berlin", "UTC"]) {
			expect(first({ kind: "at", at: "2035-12-31T12:00:00", timeZone })).toBeGreaterThan(from);
			expect(first({ kind: "cron", cron: "0 0 29 2 *", timeZone })).toBeGreaterThan(from);
		}
		expect(performance.now() - startedAt).toBeLessThan(2_000);
	});
});

describe("a zone that is none", () => {
	it.each([
		["CST", "Asia/Shanghai"],
		["IST", "Asia/Kolkata"],
		["BST", "Europe/London"],
		["pst", "America/Los_Angeles"],
	])("%s is refused with what was probably meant", async (timeZone, meant) => {
		const { status, body } = await create(new World(), { when: { cron: "0 7 * * *", timeZone } });
		expect(status).toBe(400);
		expect(body["errors"]).toMatchObject([
			{ pointer: "/when/timeZone", detail: expect.stringContaining(meant) },
		]);
	});

	it.each(["Asia/Calcutta", "UTC", "PRC", "EST", "Etc/GMT+8"])("%s is one", async (timeZone) => {
		const { status } = await create(new World(), { when: { cron: "0 7 * * *", timeZone } });
		expect(status).toBe(201);
	});
});

describe("a due run that no tick has taken", () => {
	async function untaken(): Promise<{ world: World; id: string }> {
		const world = new World();
		world.platform.script = () => answered();
		const { body } = await create(world, { when: { cron: "0 * * * *", timeZone: "UTC" } });
		world.ticking = false;
		await world.clock.advance(3_600_000 + 30_000);
		return { world, id: body.id };
	}
	const missed = { outcome: "missed", at: "2026-01-01T01:00:00.000Z" };

	it("is missed when a pause takes it away", async () => {
		const { world, id } = await untaken();
		const { body } = await world.request("POST", `/v1/schedules/${id}/pause`);
		expect((body["lastRuns"] as unknown[])[0]).toMatchObject(missed);
	});

	it("is missed when other times take it away, and not when the times stay", async () => {
		const { world, id } = await untaken();
		const put = (cron: string) =>
			world.request("PUT", `/v1/schedules/${id}`, {
				body: { command, when: { cron, timeZone: "UTC" } },
			});
		const same = await put("0 * * * *");
		expect(same.body["lastRuns"]).toMatchObject([
			{ outcome: "fired", at: missed.at },
			{ outcome: "fired" },
		]);
		const other = await untaken();
		const { body } = await other.world.request("PUT", `/v1/schedules/${other.id}`, {
			body: { command, when: { cron: "0 7 * * *", timeZone: "UTC" } },
		});
		expect((body["lastRuns"] as unknown[])[0]).toMatchObject(missed);
	});
});
