import { beforeEach, describe, expect, it } from "vitest";
import { IotError } from "../../shared/iot/platform.ts";
import { refused } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const PATH = "/v1/devices/sync";
const DEVICES = 230;

let world: World;
beforeEach(() => {
	world = new World();
	world.lists.listed = Array.from({ length: DEVICES }, (_, index) => ({
		productKey: index < 200 ? "pk" : "other",
		deviceName: `d${index}`,
		iotId: `iot-d${index}`,
		status: index % 2 === 0 ? "ONLINE" : "OFFLINE",
		tags: { floor: String(index % 3) },
	}));
	world.lists.members.set("cellar", ["d1", "d2", "d3"]);
	world.platform.identify = async (device) => {
		const found = await world.lists.identify(device);
		return { iotId: "iot", productKey: found.productKey, deviceName: found.deviceName };
	};
});

const get = async () => (await world.request("GET", PATH)).body as Record<string, unknown>;
const start = () => world.request("POST", PATH);
async function ended(atMostMs = 600_000) {
	for (let waited = 0; waited <= atMostMs; waited += 1_000) {
		const sync = await get();
		if (sync["state"] !== "running") return sync;
		await world.clock.advance(1_000);
	}
	throw new Error(`still running: ${JSON.stringify(await get())}`);
}
const list = async (query: string) =>
	(await world.request("GET", `/v1/devices?limit=100&query=${encodeURIComponent(query)}`))
		.body as unknown as {
		devices: { deviceName: string }[];
		registry: { syncedAt?: string; mayBeStale: boolean; reason?: string };
	};
const names = async (query: string) =>
	(await list(query)).devices.map(({ deviceName }) => deviceName).sort();

describe("the registry's sync", () => {
	it("reads products, devices, tags and groups, and says how far it is", async () => {
		expect(await get()).toEqual({ state: "none", read: 0 });
		expect((await list("online")).registry).toMatchObject({ mayBeStale: true });
		const answer = await start();
		expect(answer.status).toBe(202);
		expect(answer.headers["location"]).toBe(PATH);
		expect(answer.body).toMatchObject({ state: "running", read: 0 });
		await world.clock.advance(400);
		const halfway = await get();
		expect(halfway).toMatchObject({ state: "running", step: "devices", devices: DEVICES });
		expect(halfway["read"]).toBeGreaterThan(0);
		expect(halfway["read"]).toBeLessThan(DEVICES);
		expect(await ended()).toMatchObject({ state: "completed", read: DEVICES, products: 2 });
		expect(await names("group = 'cellar'")).toEqual(["d1", "d2", "d3"]);
		expect(await names("productKey = 'other' and tags.floor = '0' and online")).toEqual([
			"d204",
			"d210",
			"d216",
			"d222",
			"d228",
		]);
		const { registry } = await list("online");
		expect(registry).toEqual({ syncedAt: expect.any(String), mayBeStale: false });
		await world.clock.advance(90_000_000);
		expect((await list("online")).registry).toMatchObject({
			mayBeStale: true,
			reason: expect.stringContaining("day"),
		});
	});

	it("goes on where it was, after its worker was killed", async () => {
		await start();
		await world.clock.advance(400);
		const { read } = await get();
		world.killWorker();
		const asked = world.lists.asked.length;
		expect(await ended()).toMatchObject({ state: "completed", read: DEVICES });
		const again = world.lists.asked.slice(asked).filter((query) => query.startsWith("devices"));
		// The pages before that were noted are not read again.
		expect(again.length).toBeLessThanOrEqual(6 - Math.floor(Number(read) / 50));
		expect(await names("group = 'cellar'")).toEqual(["d1", "d2", "d3"]);
	});

	it("is one at a time, within the limits of the lists", async () => {
		await Promise.all([start(), start()]);
		await start();
		await ended();
		expect(world.lists.asked.filter((query) => query === "products")).toHaveLength(1);
		expect(world.lists.asked.filter((query) => query === "groups")).toHaveLength(1);
	});

	it("forgets devices that are gone, and memberships that are over, and nothing else", async () => {
		await start();
		await ended();
		// One is deleted; another is passed by, since the list moved while it was read.
		world.lists.listed = world.lists.listed.filter(({ deviceName }) => deviceName !== "d7");
		world.lists.members.set("cellar", ["d2"]);
		await start();
		expect(await ended()).toMatchObject({ state: "completed", removed: 1 });
		expect(await names("deviceName in ('d6', 'd7', 'd8')")).toEqual(["d6", "d8"]);
		expect(await names("group = 'cellar'")).toEqual(["d2"]);
	});

	it("asks again while the platform throttles, and fails with the reason where it is forbidden", async () => {
		let times = 3;
		world.lists.trouble = (query) => {
			if (query.startsWith("devices") && times-- > 0) {
				throw new IotError("QueryDevice", refused("Throttling.User", 400));
			}
		};
		await start();
		expect(await ended()).toMatchObject({ state: "completed", read: DEVICES });
		world.lists.trouble = () => {
			throw new IotError("QueryProductList", refused("iot.common.RamActionPermissionDeny"));
		};
		await start();
		const failed = await ended();
		expect(failed).toMatchObject({
			state: "failed",
			error: { code: "iot.common.RamActionPermissionDeny" },
		});
		// What was read before stays.
		expect(await names("group = 'cellar'")).toEqual(["d1", "d2", "d3"]);
	});

	it("does not overwrite what a message said later", async () => {
		world.lists.trouble = (query) => {
			if (query !== "tags d1") return;
			void world.hears("/as/mqtt/status/pk/d1", {
				productKey: "pk",
				deviceName: "d1",
				status: "online",
				utcLastTime: new Date(world.clock.now() + 5).toISOString(),
			});
		};
		await start();
		await ended();
		expect(await names("deviceName in ('d1', 'd3') and online")).toEqual(["d1"]);
	});
});
