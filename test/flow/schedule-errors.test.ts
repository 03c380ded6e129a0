import { describe, expect, it } from "vitest";
import { LIGHT, World } from "../support/world/world.ts";

const WHEN = { cron: "0 7 * * 1-5", timeZone: "Asia/Shanghai" };
const COMMAND = { device: LIGHT, service: "Set" };
const devices = [LIGHT, { iotId: "x" }, LIGHT];

/** The world's clock stands at 2026-01-01T00:00:00Z. */
const CASES: ReadonlyArray<readonly [body: unknown, pointers: readonly string[], detail?: string]> =
	[
		[[], [""]],
		[{}, ["/when", "/command"]],
		[{ when: WHEN }, ["/command"]],
		[{ command: COMMAND }, ["/when"]],
		[{ when: WHEN, command: COMMAND, colour: 1 }, ["/colour"]],
		[{ when: {}, command: COMMAND }, ["/when"]],
		[{ when: { ...WHEN, every: 5 }, command: COMMAND }, ["/when"], "exactly one"],
		[{ when: { cron: "0 7 * * *" }, command: COMMAND }, ["/when/timeZone"], "IANA"],
		[
			{ when: { at: "2026-12-01T07:00:00" }, command: COMMAND },
			["/when/timeZone"],
			"none is assumed",
		],
		[{ when: { ...WHEN, timeZone: "+08:00" }, command: COMMAND }, ["/when/timeZone"], "offset"],
		[{ when: { ...WHEN, timeZone: "Mars/X" }, command: COMMAND }, ["/when/timeZone"], "Mars/X"],
		[{ when: { ...WHEN, cron: "0 25 * * *" }, command: COMMAND }, ["/when/cron"], "hour"],
		[{ when: { ...WHEN, cron: "0 0 30 2 *" }, command: COMMAND }, ["/when"], "never fires"],
		[{ when: { ...WHEN, cron: "@reboot" }, command: COMMAND }, ["/when/cron"]],
		[
			{ when: { at: "2026-12-01T07:00:00Z", timeZone: "UTC" }, command: COMMAND },
			["/when/at"],
			"without an offset",
		],
		[{ when: { at: "2026-02-30T07:00:00", timeZone: "UTC" }, command: COMMAND }, ["/when/at"]],
		[
			{ when: { at: "2025-12-01T07:00:00", timeZone: "UTC" }, command: COMMAND },
			["/when"],
			"never fires",
		],
		[
			{
				when: { at: "2026-03-29T02:30:00", timeZone: "Europe/Berlin" },
				dst: { gap: "skip" },
				command: COMMAND,
			},
			["/when"],
			"never fires",
		],
		[{ when: { every: 0 }, command: COMMAND }, ["/when/every"]],
		[
			{ when: { every: 60, from: "2026-12-01T07:00:00" }, command: COMMAND },
			["/when/from"],
			"offset",
		],
		[{ when: { every: 60, timeZone: "UTC" }, command: COMMAND }, ["/when/timeZone"]],
		[{ when: WHEN, command: { service: "Set" } }, ["/command"], "device or devices"],
		[{ when: WHEN, command: { ...COMMAND, devices } }, ["/command"], "either"],
		[{ when: WHEN, command: { devices, service: "Set" } }, ["/command/devices/2"], "already"],
		[{ when: WHEN, command: { devices: [{}], service: "Set" } }, ["/command/devices/0"]],
		[{ when: WHEN, command: { ...COMMAND, args: "{" } }, ["/command/args"]],
		[{ when: WHEN, command: { ...COMMAND, lane: "fast" } }, ["/command/lane"]],
		[{ when: WHEN, command: COMMAND, startAt: "soon" }, ["/startAt"]],
		[
			{
				when: WHEN,
				command: COMMAND,
				startAt: "2026-02-01T00:00:00Z",
				endAt: "2026-01-01T00:00:00Z",
			},
			["/endAt"],
		],
		[{ when: WHEN, command: COMMAND, endAt: "2026-01-01T00:00:01Z" }, ["/when"], "endAt"],
		[{ when: WHEN, command: COMMAND, maxRuns: 0 }, ["/maxRuns"]],
		[
			{ when: WHEN, command: COMMAND, dst: { gap: "jump", twice: "never" } },
			["/dst/gap", "/dst/twice"],
		],
		[
			{ when: WHEN, command: COMMAND, missed: { within: -1, run: "some" } },
			["/missed/within", "/missed/run"],
		],
		[{ when: WHEN, command: COMMAND, overlap: "maybe" }, ["/overlap"]],
		[{ when: WHEN, command: COMMAND, jitterSeconds: 1e6 }, ["/jitterSeconds"]],
	];

describe("a schedule with a mistake", () => {
	it.each(CASES)("%j is refused at its place", async (body, pointers, detail = "") => {
		const answer = await new World().request("POST", "/v1/schedules", { body });
		expect(answer.status).toBe(400);
		expect(answer.headers["content-type"]).toBe("application/problem+json");
		const errors = answer.body["errors"] as Array<{ pointer: string; detail: string }>;
		expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
		expect(errors.map((one) => one.detail).join()).toContain(detail);
	});

	it("is refused by PUT as by POST, and changes nothing", async () => {
		const world = new World();
		const { body } = await world.request("POST", "/v1/schedules", {
			body: { when: WHEN, command: COMMAND },
		});
		const path = `/v1/schedules/${body.id}`;
		const wrong = { when: { ...WHEN, cron: "x" }, command: COMMAND };
		expect((await world.request("PUT", path, { body: wrong })).status).toBe(400);
		expect((await world.request("GET", path)).body).toEqual(body);
	});

	it.each([
		["GET", "/v1/schedules/none", 404],
		["PUT", "/v1/schedules/none", 404],
		["DELETE", "/v1/schedules/none", 404],
		["GET", "/v1/schedules/none/preview", 404],
		["POST", "/v1/schedules/none/pause", 404],
		["POST", "/v1/schedules/none/skip", 404],
		["PATCH", "/v1/schedules/none", 405],
		["GET", "/v1/schedules/none/preview?count=1000", 400],
		["GET", "/v1/schedules?cursor=x", 400],
	])("%s %s is %i", async (method, path, status) => {
		const body = method === "PUT" ? { when: WHEN, command: COMMAND } : undefined;
		const answer = await new World().request(method, path, body ? { body } : {});
		expect(answer.status).toBe(status);
	});

	it("that has ended has nothing to skip, and an If-Match that is no version is 412", async () => {
		const world = new World();
		const { body } = await world.request("POST", "/v1/schedules", {
			body: { when: { every: 60 }, maxRuns: 1, command: COMMAND },
		});
		await world.clock.advance(300_000);
		const path = `/v1/schedules/${body.id}`;
		expect((await world.request("POST", `${path}/skip`)).status).toBe(409);
		const headers = { "if-match": "three" };
		expect((await world.request("DELETE", path, { headers })).status).toBe(412);
	});
});
