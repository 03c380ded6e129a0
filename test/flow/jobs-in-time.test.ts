import { beforeEach, describe, expect, it } from "vitest";
import { change, devicesOf, getJob, startJob, sum, until } from "../support/fleet/fleet.ts";
import { answered, refused } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

let world: World;
beforeEach(() => {
	world = new World();
	world.platform.script = () => answered();
});

const HOUR_MS = 3_600_000;
const job = (count: number, more: object = {}) => ({
	targets: { devices: devicesOf(count) },
	command: { service: "Set", args: {} },
	...more,
});
const at = (ms: number) => new Date(world.clock.now() + ms).toISOString();

describe("a job in time", () => {
	it("begins at startAt", async () => {
		const { id } = await startJob(world, job(5, { startAt: at(HOUR_MS) }));
		await world.clock.advance(HOUR_MS - 1_000);
		expect((await getJob(world, id)).state).toBe("scheduled");
		await world.clock.advance(5_000);
		expect((await getJob(world, id)).counts).toEqual({ succeeded: 5 });
	});

	it("sends nothing after endAt, and says what was left out", async () => {
		const rate = { perSecond: 1 };
		const { id } = await startJob(world, job(100, { rate, endAt: at(20_000) }));
		const done = await until(world, id, ["completed"]);
		expect(sum(done.counts)).toBe(100);
		expect(done.counts?.["expired"]).toBeGreaterThan(70);
		expect(done.reason).toMatch(/^\d+ devices had no turn: its endAt has come$/);
		expect(world.platform.calls.length).toBe(done.counts?.["succeeded"]);
	});

	it("sends within its window only, and goes on in the next one", async () => {
		// Ten minutes of each hour: the first one is over after at most ten minutes.
		const window = { cron: "0 * * * *", timeZone: "Asia/Shanghai", minutes: 10 };
		const { id } = await startJob(world, job(60, { rate: { perSecond: 0.08 }, window }));
		await until(world, id, ["completed"], { everyMs: 60_000, atMostMs: 4 * HOUR_MS });
		const minutes = world.platform.calls.map((call) => new Date(call.at).getUTCMinutes());
		expect(Math.max(...minutes)).toBeLessThan(11);
		expect(new Set(world.platform.calls.map((call) => Math.floor(call.at / HOUR_MS))).size).toBe(2);
	}, 30_000);

	it("finds devices that come to match later, until it is canceled", async () => {
		const tag = (name: string) =>
			world.stores.devices.note("pk", name, world.clock.now(), (device) => ({
				...device,
				tags: { floor: "3" },
			}));
		await tag("a");
		const targets = { query: "tags.floor = '3'" };
		const { id } = await startJob(world, job(0, { targets, membership: "continuous" }));
		await world.clock.advance(10_000);
		expect((await getJob(world, id)).counts).toEqual({ succeeded: 1 });
		await tag("b");
		await tag("c");
		await world.clock.advance(200_000);
		expect(await getJob(world, id)).toMatchObject({ state: "running", counts: { succeeded: 3 } });
		await change(world, id, "cancel");
		expect((await until(world, id, ["canceled"])).counts).toEqual({ succeeded: 3 });
		expect(world.platform.calls).toHaveLength(3);
	});

	it("waits for devices that are offline, and is exact about those that never come", async () => {
		world.platform.script = ({ device }) =>
			device.deviceName === "d000003" ? refused("iot.messagebroker.OFFLINE") : answered();
		const command = { service: "Set", args: {}, whenOffline: "wait", expiresIn: 1_800 };
		const { id } = await startJob(world, job(10, { command }));
		await world.clock.advance(60_000);
		expect(await getJob(world, id)).toMatchObject({
			state: "running",
			counts: { succeeded: 9, waiting: 1 },
		});
		const done = await until(world, id, ["completed"], { everyMs: 60_000, atMostMs: HOUR_MS });
		expect(done.counts).toEqual({ succeeded: 9, expired: 1 });
	});

	it("lists its devices as CSV and NDJSON, each once", async () => {
		const { id } = await startJob(world, job(1_200));
		await until(world, id, ["completed"]);
		const csv = await world.request("GET", `/v1/jobs/${id}/devices`, {
			headers: { accept: "text/csv" },
		});
		const lines = csv.text.trim().split("\r\n");
		expect(lines).toHaveLength(1_201);
		expect(new Set(lines).size).toBe(1_201);
		let cursor: string | null = null;
		const names: string[] = [];
		do {
			const query: string = cursor ? `&cursor=${cursor}` : "";
			const answer = await world.request("GET", `/v1/jobs/${id}/devices?limit=500${query}`);
			const page = answer.body as unknown as {
				devices: { deviceName: string }[];
				cursor: string | null;
			};
			names.push(...page.devices.map(({ deviceName }) => deviceName));
			cursor = page.cursor;
		} while (cursor);
		expect(new Set(names).size).toBe(1_200);
		expect(names).toHaveLength(1_200);
	}, 30_000);
});
