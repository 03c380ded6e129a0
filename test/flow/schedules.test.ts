import { describe, expect, it } from "vitest";
import { LOOKAHEAD_MS } from "../../shared/lifecycle/runs.ts";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { LIGHT, type Shown, World } from "../support/world/world.ts";

const DAY_MS = 86_400_000;
const COMMAND = { device: LIGHT, service: "Set", args: { level: 1 } };
/** The world's clock begins at midnight UTC of this day: 08:00 in Shanghai. */
const SHANGHAI = "Asia/Shanghai";

interface ShownSchedule extends Shown {
	readonly version: number;
	readonly status: string;
	readonly runs: number;
	readonly nextRunAt?: string;
	readonly lastRuns: ReadonlyArray<{ at: string; outcome: string; commands?: string[] }>;
}

async function create(world: World, body: object): Promise<ShownSchedule> {
	const answer = await world.request("POST", "/v1/schedules", {
		body: { command: COMMAND, ...body },
	});
	if (answer.status !== 201) throw new Error(answer.text);
	return answer.body as ShownSchedule;
}

const show = async (world: World, id: string) =>
	(await world.request("GET", `/v1/schedules/${id}`)).body as ShownSchedule;

const sentAt = (world: World) => world.platform.calls.map(({ at }) => new Date(at).toISOString());

function sending(): World {
	const world = new World();
	world.platform.script = () => answered();
	return world;
}

/** The newest command that a schedule has started, also before its time. */
async function commandOf(world: World, schedule: string) {
	const { body } = await world.request("GET", `/v1/commands?schedule=${schedule}&limit=1`);
	return (body["commands"] as Shown[])[0];
}

describe("a schedule", () => {
	it("sends its command to the second, although the timer ticks once a minute", async () => {
		const world = sending();
		const { id } = await create(world, { when: { cron: "17 5 8 * * *", timeZone: SHANGHAI } });
		await world.clock.advance(10 * 60_000);
		expect(sentAt(world)).toEqual(["2026-01-01T00:05:17.000Z"]);
		const shown = await show(world, id);
		expect(shown).toMatchObject({ runs: 1, nextRunAt: "2026-01-02T00:05:17.000Z" });
		const [run] = shown.lastRuns;
		expect(run).toMatchObject({ at: "2026-01-01T00:05:17.000Z", outcome: "fired" });
		expect(await world.get(run?.commands?.[0] ?? "")).toMatchObject({
			state: "succeeded",
			args: { level: 1 },
			source: { type: "timer", ref: `schedule ${id} 2026-01-01T00:05:17.000Z` },
		});
	});

	it("that is made in the minute of its run still comes to the second", async () => {
		const world = sending();
		await world.clock.advance(20_000);
		const when = { cron: "30,45 0 0 * * *", timeZone: "UTC" };
		const { id } = await create(world, { when });
		await world.request("POST", `/v1/schedules/${id}/pause`);
		await world.request("POST", `/v1/schedules/${id}/resume`);
		await world.clock.advance(120_000);
		expect(sentAt(world)).toEqual(["2026-01-01T00:00:30.000Z", "2026-01-01T00:00:45.000Z"]);
	});

	it("shows a run that is handed on as a command that waits for its time", async () => {
		const world = sending();
		const { id } = await create(world, { when: { at: "2026-01-01T08:01:50", timeZone: SHANGHAI } });
		await world.clock.advance(61_000);
		expect(await commandOf(world, id)).toMatchObject({
			state: "waiting",
			nextAt: "2026-01-01T00:01:50.000Z",
		});
		await world.clock.advance(60_000);
		expect(sentAt(world)).toEqual(["2026-01-01T00:01:50.000Z"]);
		expect(await show(world, id)).toMatchObject({ status: "ended", runs: 1 });
	});

	it("sends to each device of a list", async () => {
		const world = sending();
		const devices = ["a", "b", "c"].map((deviceName) => ({ productKey: "pk", deviceName }));
		await create(world, {
			when: { every: 3600 },
			maxRuns: 1,
			command: { devices, service: "Set" },
		});
		await world.clock.advance(2 * 3_600_000);
		expect(world.platform.calls.map(({ device }) => device.deviceName).sort()).toEqual([
			"a",
			"b",
			"c",
		]);
	});

	it("fires once however often, late or concurrently the tick comes", async () => {
		const world = sending();
		world.ticking = false;
		await create(world, { when: { cron: "*/20 * * * * *", timeZone: "UTC" } });
		const ticks: Promise<unknown>[] = [];
		for (let minute = 0; minute < 5; minute++) {
			await world.clock.advance(60_000 + minute * 7_000);
			for (let copy = 0; copy < 3; copy++) ticks.push(world.fire("tick", ""));
			await Promise.all(ticks);
		}
		await world.clock.advance(120_000);
		// The first run is at 0 s; the last tick came after 370 s and took what is due within the look-ahead.
		expect(world.platform.calls).toHaveLength(1 + Math.floor((370 + 120) / 20));
		expect(world.memory.all("commands")).toHaveLength(
			1 + Math.floor((370 + LOOKAHEAD_MS / 1_000) / 20),
		);
	});

	it("loses no run when the worker cannot be invoked: its due row brings it back", async () => {
		const world = sending();
		await create(world, { when: { at: "2026-01-01T00:05:17", timeZone: "UTC" } });
		world.invocationsWork = false;
		await world.clock.advance(5 * 60_000 + 40_000);
		world.invocationsWork = true;
		await world.clock.advance(120_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("counts expiresIn from the run's own time", async () => {
		const world = sending();
		const when = { at: "2026-01-01T00:01:59", timeZone: "UTC" };
		const { id } = await create(world, { when, command: { ...COMMAND, expiresIn: 30 } });
		await world.clock.advance(62_000);
		expect(await commandOf(world, id)).toMatchObject({ expiresAt: "2026-01-01T00:02:29.000Z" });
	});

	it("spreads its devices' runs over the window, the same for every tick and for the preview", async () => {
		const world = sending();
		const { id } = await create(world, {
			when: { cron: "0 * * * *", timeZone: "UTC" },
			jitterSeconds: 600,
			startAt: "2026-01-01T01:00:00Z",
			maxRuns: 5,
		});
		const { body } = await world.request("GET", `/v1/schedules/${id}/preview?count=100`);
		const runs = body["runs"] as Array<{ at: string; dueAt: string }>;
		expect(runs).toHaveLength(5);
		await world.clock.advance(7 * 3_600_000);
		expect(sentAt(world)).toEqual(runs.map(({ dueAt }) => dueAt));
		const delays = runs.map(({ at, dueAt }) => (Date.parse(dueAt) - Date.parse(at)) / 1000);
		expect(new Set(delays).size).toBeGreaterThan(1);
		for (const delay of delays) expect(delay).toBeLessThanOrEqual(600);
	});
});

describe("a run that was missed", () => {
	async function outage(missed: object | undefined, hours: number) {
		const world = sending();
		const { id } = await create(world, {
			when: { cron: "30 * * * *", timeZone: "UTC" },
			...(missed ? { missed } : {}),
		});
		world.ticking = false;
		await world.clock.advance(hours * 3_600_000);
		world.ticking = true;
		await world.clock.advance(2 * 60_000);
		return { world, runs: (await show(world, id)).lastRuns };
	}

	it("is made up for once by default, if it is less than an hour ago", async () => {
		const { world, runs } = await outage(undefined, 5);
		expect(world.platform.calls).toHaveLength(1);
		expect(runs.map(({ at, outcome }) => [at.slice(11, 16), outcome])).toEqual([
			["04:30", "caught-up"],
			["00:30", "missed"],
		]);
	});

	it("is made up for one by one where the policy says all", async () => {
		const { world, runs } = await outage({ within: 3 * 3600, run: "all" }, 5);
		expect(world.platform.calls).toHaveLength(3);
		expect(runs.map(({ outcome }) => outcome)).toEqual([
			"caught-up",
			"caught-up",
			"caught-up",
			"missed",
		]);
	});

	it("is left where the policy says none, and said to be missed", async () => {
		const { world, runs } = await outage({ within: 3600, run: "none" }, 5);
		expect(world.platform.calls).toHaveLength(0);
		expect(runs).toMatchObject([{ outcome: "missed" }]);
	});

	it("of every second of a week is found without walking through them", async () => {
		const world = sending();
		world.ticking = false;
		await create(world, {
			when: { every: 1 },
			missed: { within: 7 * 86_400, run: "latest" },
			maxRuns: 1,
		});
		await world.clock.advance(7 * DAY_MS);
		const began = performance.now();
		await world.fire("tick", "");
		expect(performance.now() - began).toBeLessThan(2_000);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
	});
});

describe("a run whose predecessor is not finished", () => {
	/** The device answers the first run after three minutes. */
	async function slow(overlap: string) {
		const world = new World();
		world.platform.script = (_, count) => sent(`m${count}`);
		const command = { ...COMMAND, replyTimeout: 900 };
		const { id } = await create(world, {
			when: { every: 60 },
			overlap,
			maxRuns: 4,
			command,
		});
		await world.clock.advance(4 * 60_000 + 30_000);
		const before = world.platform.calls.length;
		await world.reply("m1");
		await world.clock.advance(60_000);
		return { world, before, id };
	}

	it("is sent all the same by default", async () => {
		expect(await slow("allow")).toMatchObject({ before: 4 });
	});

	it("is left out where the policy says skip", async () => {
		const { world, before, id } = await slow("skip");
		expect(before).toBe(1);
		expect(world.platform.calls).toHaveLength(1);
		const commands = (await show(world, id)).lastRuns.flatMap(({ commands }) => commands ?? []);
		const states = await Promise.all(commands.map((command) => world.get(command)));
		expect(states.map(({ state, error }) => [state, error?.code])).toEqual([
			["canceled", "Overlap"],
			["canceled", "Overlap"],
			["canceled", "Overlap"],
			["succeeded", undefined],
		]);
	});

	it("waits for it where the policy says queue, each for the one before", async () => {
		const { world, before } = await slow("queue");
		expect(before).toBe(1);
		expect(world.platform.calls).toHaveLength(2);
		await world.reply("m2");
		await world.clock.advance(90_000);
		expect(world.platform.calls).toHaveLength(3);
	});
});

describe("the owner of a schedule", () => {
	const DAILY = { when: { cron: "0 9 * * *", timeZone: SHANGHAI } };

	it("sees the next runs, with what shaped them", async () => {
		const world = sending();
		const { id } = await create(world, {
			when: { cron: "30 2 * * *", timeZone: "Europe/Berlin" },
			startAt: "2026-03-28T00:00:00Z",
		});
		const { body } = await world.request("GET", `/v1/schedules/${id}/preview?count=3`);
		expect(body["runs"]).toMatchObject([
			{ at: "2026-03-28T01:30:00.000Z", local: "2026-03-28T02:30:00+01:00", shapedBy: [] },
			{
				at: "2026-03-29T01:00:00.000Z",
				local: "2026-03-29T03:00:00+02:00",
				shapedBy: ["dst.gap: shift (there is no 2026-03-29T02:30:00)"],
			},
			{ at: "2026-03-30T00:30:00.000Z" },
		]);
	});

	it("skips exactly the next run, before and after it was handed on", async () => {
		const world = sending();
		const { id } = await create(world, DAILY);
		const path = `/v1/schedules/${id}/skip`;
		await world.request("POST", path);
		const { body } = await world.request("GET", `/v1/schedules/${id}/preview?count=1`);
		expect(body).toMatchObject({
			runs: [{ local: "2026-01-02T09:00:00+08:00" }],
			leftOut: [{ local: "2026-01-01T09:00:00+08:00", because: "skip" }],
		});
		// The next morning, half a minute before the run: it is a stored command by then.
		await world.clock.advance(DAY_MS + 3_600_000 - 30_000);
		expect(world.platform.calls).toHaveLength(0);
		expect(await commandOf(world, id)).toMatchObject({ state: "waiting" });
		expect((await world.request("POST", path)).status).toBe(200);
		await world.clock.advance(DAY_MS + 60_000);
		expect(sentAt(world)).toEqual(["2026-01-03T01:00:00.000Z"]);
		const shown = await show(world, id);
		expect(shown.runs).toBe(1);
		expect(shown.lastRuns.map(({ outcome }) => outcome)).toEqual(["fired", "skipped", "skipped"]);
	});

	it("pauses it, also for a run that was handed on, and resumes it without making up", async () => {
		const world = sending();
		const { id } = await create(world, DAILY);
		await world.clock.advance(3_600_000 - 20_000);
		const paused = await world.request("POST", `/v1/schedules/${id}/pause`);
		expect(paused.body).toMatchObject({ status: "paused", runs: 0 });
		expect(paused.body["lastRuns"]).toMatchObject([{ outcome: "canceled" }]);
		await world.clock.advance(2 * DAY_MS);
		expect(world.platform.calls).toHaveLength(0);
		const resumed = await world.request("POST", `/v1/schedules/${id}/resume`);
		expect(resumed.body).toMatchObject({ nextRunAt: "2026-01-03T01:00:00.000Z" });
		await world.clock.advance(60_000);
		expect(sentAt(world)).toEqual(["2026-01-03T01:00:00.000Z"]);
	});

	it("pauses and resumes it in the run's own minute, and the run comes once", async () => {
		const world = sending();
		const { id } = await create(world, DAILY);
		await world.clock.advance(3_600_000 - 20_000);
		await world.request("POST", `/v1/schedules/${id}/pause`);
		await world.request("POST", `/v1/schedules/${id}/resume`);
		await world.clock.advance(120_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("changes what a run sends that was handed on, and it comes once, as changed", async () => {
		const world = sending();
		const { id, version } = await create(world, DAILY);
		await world.clock.advance(3_600_000 - 20_000);
		const body = { ...DAILY, command: { ...COMMAND, args: { level: 9007199254740993n } } };
		const text = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? "@" : value));
		const stale = await world.request("PUT", `/v1/schedules/${id}`, {
			body: text.replace('"@"', "9007199254740993"),
			headers: { "if-match": `"${version}"` },
		});
		expect(stale).toMatchObject({ status: 412, body: { version: 2 } });
		const changed = await world.request("PUT", `/v1/schedules/${id}`, {
			body: text.replace('"@"', "9007199254740993"),
			headers: { "If-Match": stale.headers["etag"] ?? "" },
		});
		// Version 3 is the change, version 4 the run that it handed on at once.
		expect(changed).toMatchObject({ status: 200, headers: { etag: '"4"' } });
		await world.clock.advance(120_000);
		expect(world.platform.calls.map(({ args }) => args)).toEqual(['{"level":9007199254740993}']);
		expect(sentAt(world)).toEqual(["2026-01-01T01:00:00.000Z"]);
	});

	it("deletes it, with the run that was handed on", async () => {
		const world = sending();
		const { id } = await create(world, DAILY);
		await world.clock.advance(3_600_000 - 20_000);
		expect(world.memory.all("commands")).toHaveLength(1);
		expect((await world.request("DELETE", `/v1/schedules/${id}`)).status).toBe(204);
		expect((await world.request("GET", `/v1/schedules/${id}`)).status).toBe(404);
		await world.clock.advance(2 * DAY_MS);
		expect(world.platform.calls).toHaveLength(0);
		expect(world.dueCommands()).toEqual([]);
	});

	it("gets the same schedule for the same Idempotency-Key, and 409 for another body", async () => {
		const world = sending();
		const post = (body: object) =>
			world.request("POST", "/v1/schedules", {
				body: { command: COMMAND, ...body },
				headers: { "idempotency-key": "k" },
			});
		const [first, again] = [await post(DAILY), await post(DAILY)];
		expect(again.body.id).toBe(first.body.id);
		expect((await post({ when: { every: 60 } })).status).toBe(409);
		const { body } = await world.request("GET", "/v1/schedules");
		expect(body["schedules"]).toHaveLength(1);
	});

	it("lists schedules page by page, the newest first", async () => {
		const world = sending();
		const ids: string[] = [];
		for (let index = 0; index < 5; index++) {
			ids.unshift((await create(world, { ...DAILY, name: `n${index}` })).id);
			await world.clock.advance(1_000);
		}
		const seen: string[] = [];
		for (let cursor = ""; ; ) {
			const { body } = await world.request("GET", `/v1/schedules?limit=2${cursor}`);
			seen.push(...(body["schedules"] as Shown[]).map(({ id }) => id));
			if (body["cursor"] === null) break;
			cursor = `&cursor=${body["cursor"]}`;
		}
		expect(seen).toEqual(ids);
	});
});
