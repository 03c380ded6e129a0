import { beforeEach, describe, expect, it } from "vitest";
import { startJob, until } from "../support/fleet/fleet.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

let world: World;
beforeEach(async () => {
	world = new World();
	world.platform.script = () => answered();
});

const names = (deviceName: string) => ({
	productKey: "pk",
	deviceName,
	iotId: `iot-${deviceName}`,
});
const lifecycle = (deviceName: string, action: string) =>
	world.report(`/pk/${deviceName}/thing/lifecycle`, {
		...names(deviceName),
		action,
		deviceSecret: "never-stored",
		messageCreateTime: world.clock.now(),
	});
const status = (deviceName: string, to: "online" | "offline", lastTime = world.clock.now()) =>
	world.report(`/as/mqtt/status/pk/${deviceName}`, {
		...names(deviceName),
		status: to,
		utcLastTime: new Date(lastTime).toISOString(),
	});
const tags = (deviceName: string, set: Record<string, string>, removed: string[] = []) =>
	world.report(`/pk/${deviceName}/thing/deviceinfo/update`, {
		...names(deviceName),
		action: "UPDATE",
		value: Object.entries(set).map(([attrKey, attrValue]) => ({ attrKey, attrValue })),
		deletedAttrKeyList: removed,
		time: world.clock.now(),
	});
const query = async (text: string) => {
	const answer = await world.request("GET", `/v1/devices?query=${encodeURIComponent(text)}`);
	const { devices } = answer.body as unknown as { devices: { deviceName: string }[] };
	return devices.map(({ deviceName }) => deviceName).sort();
};

describe("the registry", () => {
	it("learns devices from messages, and never keeps a secret", async () => {
		await lifecycle("a", "create");
		await status("a", "online");
		await tags("a", { floor: "3", room: "1" });
		await tags("a", { room: "2" }, ["floor"]);
		const device = await world.request("GET", "/v1/devices/pk/a");
		expect(device.body).toMatchObject({ status: "online", tags: { room: "2" }, iotId: "iot-a" });
		const kept = world.memory.all("devices").map(({ columns }) => String(columns["document"]));
		expect(kept.join()).not.toContain("never-stored");
		await lifecycle("a", "delete");
		expect((await world.request("GET", "/v1/devices/pk/a")).status).toBe(404);
	});

	it("orders messages of status by the platform's clock", async () => {
		const now = world.clock.now();
		await status("a", "offline", now + 20);
		await status("a", "online", now + 10);
		expect((await world.request("GET", "/v1/devices/pk/a")).body).toMatchObject({
			status: "offline",
		});
	});

	it("answers queries, and says where one is wrong", async () => {
		for (const [name, floor] of Object.entries({ a: "3", b: "3", c: "4" })) {
			await tags(name, { floor });
		}
		await status("a", "online");
		await status("c", "online");
		expect(await query("productKey = 'pk' and tags.floor = '3' and online")).toEqual(["a"]);
		expect(await query("not online or tags.floor in ('4', '5')")).toEqual(["b", "c"]);
		expect(await query("deviceName = 'a*' and lastSeen = '1h'")).toEqual(["a"]);
		const wrong = await world.request("GET", "/v1/devices?query=online%20and%20(x%20=%20'1')");
		expect(wrong.status).toBe(400);
		expect(wrong.text).toContain("there is no field x");
		expect(wrong.text).toContain("(at 12)");
	});

	it("gives a job its targets, and the arguments their values", async () => {
		for (const [name, floor] of Object.entries({ a: "3", b: "3", c: "4" })) {
			await tags(name, { floor });
		}
		const { id } = await startJob(world, {
			targets: { query: "tags.floor = '3'" },
			command: { service: "Set", args: { floor: "{% tags.floor %}", name: "{% deviceName %}" } },
		});
		expect((await until(world, id, ["completed"])).counts).toEqual({ succeeded: 2 });
		expect(world.platform.calls.map(({ args }) => JSON.parse(args)).sort(byName)).toEqual([
			{ floor: "3", name: "a" },
			{ floor: "3", name: "b" },
		]);
		const timeline = await world.request("GET", "/v1/devices/pk/a/timeline");
		expect(timeline.body["timeline"]).toMatchObject([
			{ type: "reply", code: 200 },
			{ type: "command", state: "succeeded", cause: `job ${id}, wave 1 by bootstrap-1` },
		]);
	});
});

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
