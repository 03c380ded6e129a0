import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi } from "../support/api/contract-api.ts";
import { Person } from "../support/cli/typed.ts";

const HOUR_MS = 3_600_000;
const BASE = Date.parse("2026-11-24T00:00:00Z");
const hour = (hours: number) => new Date(BASE + hours * HOUR_MS).toISOString();

describe("thingcast", () => {
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

	describe("due", () => {
		const schedule = (id: string, runs: readonly number[], more = {}) => {
			api.answer(`GET /v1/schedules/${id}/preview`, {
				status: "active",
				runs: runs.map((at) => ({ at: hour(at), dueAt: hour(at), local: `${at}h`, shapedBy: [] })),
				leftOut: [],
			});
			const nextRunAt = hour(runs[0] ?? 0);
			return { id, status: "active", nextRunAt, command: { service: "Set" }, ...more };
		};
		const due = async (count: number) =>
			(await person.types("due", "--count", String(count), "--json")).json.map(
				({ schedule, local }) => `${schedule} ${local}`,
			);

		it("merges the next runs of all schedules, and previews only those that can be among them", async () => {
			const schedules = [
				schedule("s1", [5, 6, 7]),
				schedule("s2", [1, 9, 17]),
				schedule("s3", [20, 21]),
				{ ...schedule("s4", [0]), status: "paused" },
			];
			api.answer("GET /v1/schedules", { schedules, cursor: null });
			expect(await due(3)).toEqual(["s2 1h", "s1 5h", "s1 6h"]);
			expect(await due(1)).toEqual(["s2 1h"]);
			expect(api.seen.filter(({ path }) => path.endsWith("s4/preview"))).toEqual([]);
			expect(api.seen.filter(({ path }) => path.endsWith("s1/preview"))).toHaveLength(1);
		});

		it("counts on the jitter: a later schedule may come first", async () => {
			const early = schedule("s1", [1], { jitterSeconds: 3 * 3600 });
			api.answer("GET /v1/schedules/s1/preview", {
				status: "active",
				runs: [{ at: hour(1), dueAt: hour(4), local: "4h", shapedBy: [] }],
				leftOut: [],
			});
			api.answer("GET /v1/schedules", { schedules: [early, schedule("s2", [2])], cursor: null });
			expect(await due(1)).toEqual(["s2 2h"]);
		});
	});

	describe("schedule apply", () => {
		const stored = { id: "s1", version: 4, name: "morning", status: "active" };
		const wanted = '{"name":"morning","when":{"every":60},"command":{"args":{"t":1.0}}}';
		const apply = async (text: string) => {
			person.stdin = text;
			return person.types("schedule", "apply", "-");
		};
		const written = () =>
			api.seen
				.filter(({ method }) => method !== "GET")
				.map(({ method, path, text }) => `${method} ${path} ${text}`);
		beforeEach(() => {
			api.answer("GET /v1/schedules", { schedules: [stored], cursor: null });
			api.answer("PUT /v1/schedules/s1", stored);
			api.answer("POST /v1/schedules", { ...stored, id: "s2", name: "new" });
		});

		it("replaces the one of that name, creates others, and keeps every digit", async () => {
			const { out } = await apply(`[${wanted},{"name":"new"}]`);
			expect(out).toBe("replaced s1 morning\ncreated s2 new");
			expect(written()).toEqual([
				`PUT /v1/schedules/s1 ${wanted}`,
				'POST /v1/schedules {"name":"new"}',
			]);
		});

		it("takes what `get --json` shows: by id, only in that version, without what the API added", async () => {
			await apply(
				`{"id":"s1","version":4,"status":"active","runs":3,"lastRuns":[],"when":{"every":60}}`,
			);
			expect(written()).toEqual(['PUT /v1/schedules/s1 {"when":{"every":60}}']);
			expect(api.seen.at(-1)?.headers["if-match"]).toBe('"4"');
		});

		it("takes NDJSON, and a page of the API", async () => {
			await apply('{"name":"a"}\n{"name":"b"}\n');
			await apply('{"schedules":[{"name":"c"}],"cursor":null}');
			expect(written().map((line) => line.split(" ")[2])).toEqual([
				'{"name":"a"}',
				'{"name":"b"}',
				'{"name":"c"}',
			]);
		});

		it("does nothing where a name is not the name of one", async () => {
			api.answer("GET /v1/schedules", {
				schedules: [stored, { ...stored, id: "s9" }],
				cursor: null,
			});
			const { code, err } = await apply(wanted);
			expect(code).toBe(2);
			expect(err).toContain('there are 2 schedules named "morning": s1, s9');
			expect(written()).toEqual([]);
		});

		it("says where a file is no JSON", async () => {
			expect(await apply("{")).toMatchObject({
				code: 2,
				err: expect.stringContaining("get <id> --json"),
			});
		});
	});

	it("schedule create makes one from options", async () => {
		api.answers.set("POST /v1/schedules", [{ status: 201, body: { id: "s1" } }]);
		await person.types(
			...[
				"schedule",
				"create",
				"--name",
				"morning",
				"--cron",
				"0 7 * * 1-5",
				"--zone",
				"Asia/Shanghai",
			],
			...["--product", "a1", "--device", "light", "--service", "Set", "--args", '{"level":80}'],
		);
		expect(api.seen[0]?.body).toEqual({
			name: "morning",
			when: { cron: "0 7 * * 1-5", timeZone: "Asia/Shanghai" },
			command: {
				device: { productKey: "a1", deviceName: "light" },
				service: "Set",
				args: { level: 80 },
			},
		});
	});

	it("keys rotate makes one that may do the same, and leaves the old one", async () => {
		const old = {
			id: "k1",
			name: "ops",
			scopes: ["commands:read"],
			products: ["a1"],
			ratePerSecond: 5,
		};
		api.answer("GET /v1/keys", { keys: [old], cursor: null });
		api.answers.set("POST /v1/keys", [
			{ status: 201, body: { ...old, id: "k2", key: "the-secret" } },
		]);
		const { out, err } = await person.types("keys", "rotate", "k1");
		const { id: _, ...request } = old;
		expect(api.seen[1]?.body).toEqual(request);
		expect(out).toBe("id   k2\nkey  the-secret");
		expect(err).toContain("thingcast keys delete k1");
		expect(api.seen).toHaveLength(2);
	});

	it("device timeline tells what happened to it", async () => {
		const timeline = [
			{ at: hour(2), type: "status", status: "offline" },
			{ at: hour(1), type: "command", command: { id: "c1", state: "succeeded" } },
		];
		api.answer("GET /v1/devices/a1/light/timeline", { timeline, cursor: null });
		const { out } = await person.types("device", "timeline", "a1", "light", "--since", "2d");
		expect(out).toMatch(/status +offline/);
		expect(out).toMatch(/command +succeeded +command {"id":"c1","state":"succeeded"}/);
		expect(api.seen[0]?.query).toMatchObject({ since: "2d" });
	});
});
