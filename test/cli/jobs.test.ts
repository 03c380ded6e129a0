import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDevices } from "../../cli/commands/job/body.ts";
import { ContractApi } from "../support/api/contract-api.ts";
import { Person } from "../support/cli/typed.ts";

describe("thingcast job", () => {
	let api: ContractApi;
	let person: Person;
	beforeEach(async () => {
		api = await ContractApi.start();
		person = new Person();
		person.env = { THINGCAST_URL: api.url, THINGCAST_KEY: api.key };
	});
	afterEach(async () => {
		person.leaves();
		await api.close();
	});
	const job = (state: string, counts = {}, more = {}) => ({
		id: "j1",
		state,
		targets: 2000,
		counts,
		waves: [
			{ targets: 10, counts, state: "completed" },
			{ targets: 1990, counts: {}, state: "running" },
		],
		...more,
	});

	it("start makes the whole of it from options", async () => {
		api.answers.set("POST /v1/jobs", [{ status: 201, body: job("resolving") }]);
		person.stdin = "# two\na1,one\na1 / two\n\n";
		const { code, json } = await person.types(
			...["job", "start", "--name", "night", "--devices", "-", "--service", "Set"],
			...["--args", '{"t":1.0}', "--wave", "10", "--wave", "10%", "--wave", "100%"],
			...["--approve", "--soak", "5m", "--rate", "200", "--stop-at", "5", "--json"],
		);
		expect(code).toBe(0);
		expect(json).toMatchObject([{ id: "j1", state: "resolving" }]);
		expect(api.seen[0]?.body).toEqual({
			name: "night",
			targets: {
				devices: [
					{ productKey: "a1", deviceName: "one" },
					{ productKey: "a1", deviceName: "two" },
				],
			},
			waves: [{ count: 10 }, { percent: 10 }, { percent: 100 }],
			advance: "approve",
			soakSeconds: 300,
			rate: { perSecond: 200 },
			stop: [
				{
					states: ["failed", "timed_out", "unknown", "expired"],
					percent: 5,
					minimum: 20,
					// biome-ignore lint/suspicious/noThenProperty: the API's word, and no function.
					then: "pause",
				},
			],
			command: { service: "Set", args: { t: 1 } },
		});
		expect(api.seen[0]?.text).toContain('"args":{"t":1.0}');
		expect(api.seen[0]?.headers["idempotency-key"]).toBeDefined();
	});

	it.each([
		[["--group", "g1"], { group: "g1" }],
		[["--query", "online"], { query: "online" }],
		[["--from-job", "j0"], { job: "j0", states: ["failed", "timed_out"] }],
		[["--from-job", "j0", "--states", "unknown"], { job: "j0", states: ["unknown"] }],
	])("plan with %j only forecasts", async (words, targets) => {
		api.answer("POST /v1/jobs/forecast", { targets: 2000, calls: 2100 });
		const { out } = await person.types("job", "plan", "--service", "Set", ...words);
		expect(api.seen[0]?.body?.["targets"]).toEqual(targets);
		expect(out).toBe("targets  2000\ncalls    2100");
	});

	it.each([
		["completed", { succeeded: 2000 }, 0],
		["completed", { succeeded: 1999, failed: 1, unknown: 3 }, 1],
		["completed", { succeeded: 1999, unknown: 1, timed_out: 1 }, 3],
		["completed", { succeeded: 1999, timed_out: 1 }, 4],
		["completed", { succeeded: 1999, expired: 1 }, 6],
		["paused", { failed: 20 }, 5],
		["waiting_for_approval", { succeeded: 10 }, 5],
		["canceled", { succeeded: 10 }, 6],
	])("watch ends when it is %s with %j: %i", async (state, counts, code) => {
		const running = job("running", { succeeded: 5 });
		api.answer("GET /v1/jobs/j1", running, running, job(state, counts, { reason: "a rule" }));
		const watched = await person.types("job", "watch", "j1", "--json");
		expect(watched.code).toBe(code);
		expect(watched.json).toMatchObject([{ state, counts }]);
		const lines = watched.err.split("\n");
		expect(lines[0]).toBe("running · wave 2 of 2 · 2000 devices · 5 succeeded");
		expect(lines[1]).toContain("(a rule)");
		expect(watched.err.includes("what to do")).toBe(code === 5);
	});

	it.each(["approve", "pause", "resume", "cancel", "retry"])("%s does so", async (verb) => {
		api.answer(`POST /v1/jobs/j1/${verb}`, job("running"));
		expect((await person.types("job", verb, "j1", "--json")).json).toMatchObject([{ id: "j1" }]);
	});

	it("devices lists them by state", async () => {
		const devices = [{ productKey: "a1", deviceName: "one", state: "failed" }];
		api.answer("GET /v1/jobs/j1/devices", { devices, cursor: null });
		const { out } = await person.types("job", "devices", "j1", "--state", "failed");
		expect(out).toContain("a1/one");
		expect(api.seen[0]?.query).toMatchObject({ state: "failed" });
	});

	it("names the line of a file that names no device", () => {
		expect(() => readDevices("a1,one\none\n", "f.csv", undefined)).toThrow('f.csv, line 2: "one"');
		expect(readDevices("one", "f.csv", "a1")).toEqual([{ productKey: "a1", deviceName: "one" }]);
	});
});
