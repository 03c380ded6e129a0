import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ClockControl, startAdmin } from "../../local/admin/index.ts";
import { keptTime } from "../../local/clock/kept-time.ts";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../support/cloud/virtual-cloud.ts";

let project: string;
let world: VirtualCloud;
let admin: string;

beforeAll(async () => {
	project = await buildProject();
	world = await startVirtualCloud(project);
	admin = world.cloud.endpoints.admin;
});
afterEach(() => world.cloud.faults.clear());
afterAll(async () => {
	await world?.close();
	removeProject(project);
});

interface Answer {
	readonly status: number;
	readonly type: string | undefined;
	readonly text: string;
}

/** As curl would ask, with headers that fetch does not let one set. */
function ask(
	method: string,
	path: string,
	{ body = "", headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const sent = request(`${admin}${path}`, { method, headers }, (response) => {
			let text = "";
			response.on("data", (chunk: Buffer) => {
				text += chunk.toString();
			});
			response.on("end", () =>
				resolve({
					status: response.statusCode ?? 0,
					type: response.headers["content-type"],
					text,
				}),
			);
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

const json = ({ text }: Answer) => JSON.parse(text) as Record<string, unknown>;

describe("the admin address", () => {
	it("says in plain text what there is, every fault by its name", async () => {
		const { status, type, text } = await ask("GET", "/");
		expect(status).toBe(200);
		expect(type).toContain("text/plain");
		for (const { name } of world.cloud.faults.kinds) expect(text).toContain(`  ${name} `);
		for (const path of ["/state", "/faults", "/clock/advance", "/timers/"]) {
			expect(text).toContain(`${admin}${path}`);
		}
	});

	it("shows the time, what goes wrong, timers, instances and devices", async () => {
		await world.cloud.faults.start({ fault: "fail tablestore", seconds: 60, share: 0 });
		expect(json(await ask("GET", "/state"))).toMatchObject({
			now: new Date(world.clock.now()).toISOString(),
			virtualTime: true,
			faults: [{ fault: "fail tablestore", endsAt: expect.stringMatching(/Z$/) }],
			timers: expect.arrayContaining([
				{ function: "timer", trigger: "tick", cronExpression: "0 * * * * *", enabled: true },
			]),
			devices: [{ deviceName: "device-001", online: true }],
		});
	});

	it("moves time, and two moves at once one after the other", async () => {
		const before = world.clock.now();
		const body = '{"ms":1500}';
		const moves = [
			ask("POST", "/clock/advance", { body }),
			ask("POST", "/clock/advance", { body }),
		];
		const times = (await Promise.all(moves)).map((answer) => json(answer)["now"]);
		expect(times.toSorted()).toEqual(
			[1_500, 3_000].map((ms) => new Date(before + ms).toISOString()),
		);
	});

	it("keeps the time that was reached, so that the next start does not go back", async () => {
		await ask("POST", "/clock/advance", { body: '{"ms":250}' });
		expect(keptTime(world.dataDir)).toBe(world.clock.now());
		expect(keptTime(project)).toBeUndefined();
	});

	it("cannot move real time, and says how one could", async () => {
		const clockControl = new ClockControl(undefined, () => {});
		const parts = { ...world.cloud, stack: { name: "", region: "", functions: [] } };
		const real = await startAdmin(0, { ...parts, clock: world.clock, clockControl });
		const answer = await fetch(`${real.url}/clock/advance`, { method: "POST", body: '{"ms":1}' });
		expect(answer.status).toBe(409);
		expect(await answer.text()).toContain("--virtual");
		await real.close();
	});

	it("counts what was asked of each service, and what the functions used", async () => {
		await ask("POST", "/stats/reset");
		expect(json(await ask("GET", "/stats"))).toMatchObject({
			tablestore: { requests: {}, rows: {} },
			iot: { requests: {} },
			mns: { requests: {} },
			functions: { worker: { invocations: 0 }, queue: { invocations: 0 } },
		});
		await world.send({ service: "Get" });
		await world.clock.advance(1_000);
		expect(json(await ask("GET", "/stats"))).toMatchObject({
			tablestore: { requests: expect.any(Object), rows: expect.any(Object) },
			iot: { requests: { InvokeThingService: 1 } },
			functions: {
				http: { invocations: 1, instances: 1, running: 1, cpuMs: expect.any(Number) },
				worker: { invocations: 1 },
			},
		});
	});

	it("lets a simulated device report a property or an event", async () => {
		const { deviceName } = world.device();
		const report = (body: string, name = deviceName) =>
			ask("POST", `/devices/${name}/report`, { body });
		for (const [kind, body] of [
			["property", '{"property":{"power":1}}'],
			["event", '{"event":{"identifier":"alarm","value":{"reason":"smoke"}}}'],
		] as const) {
			world.cloud.fc.resetUsage();
			expect(json(await report(body))).toEqual({ reported: kind, deviceName });
			// The platform forwards it to the queue, and the queue's function is given it.
			await world.clock.advance(1);
			expect(world.cloud.fc.usage("thingcast-queue").invocations).toBeGreaterThan(0);
		}
		expect((await report('{"property":{}}', "nobody")).status).toBe(404);
		for (const body of ["{}", '{"property":{},"event":{"identifier":"alarm"}}']) {
			expect((await report(body)).status).toBe(400);
		}
	});

	it("fires a timer trigger, with another payload if one is given", async () => {
		const payload = JSON.stringify({ device: world.device(), service: "Set", args: { param1: 7 } });
		const body = JSON.stringify({ payload });
		for (const name of ["timer", "thingcast-timer"]) {
			const answer = await ask("POST", `/timers/${name}/example/fire`, { body });
			expect(json(answer)).toEqual({ fired: "timer/example" });
			await world.clock.advance(1_000);
		}
		expect(world.deliveries("Set").map(({ params }) => params)).toEqual([
			'{"param1":7}',
			'{"param1":7}',
		]);
	});

	it("lets something go wrong, lists it, and ends it", async () => {
		const body = '{"fault":"fail tablestore","operations":["PutRow"]}';
		expect(json(await ask("POST", "/faults", { body }))).toEqual({
			fault: "fail tablestore",
			detail: expect.stringContaining("requests fail"),
		});
		expect(json(await ask("GET", "/faults"))["active"]).toHaveLength(1);
		expect(json(await ask("DELETE", "/faults"))).toEqual({ ended: ["fail tablestore"] });
		expect(json(await ask("GET", "/faults"))["active"]).toEqual([]);
	});

	it.each([
		["POST", "/faults", '{"fault":"kill wrker"}', 400, /no fault "kill wrker".*kill worker/],
		["POST", "/faults", "{}", 400, /\/fault/],
		["POST", "/faults", '{"fault":"stall tablestore"}', 400, /seconds: .* takes seconds, share\?/],
		["POST", "/faults", '{"fault":"kill worker","secs":1}', 400, /"secs".*takes nothing else/],
		["POST", "/faults", '{"fault":"mute iot","share":2}', 400, /share/],
		["POST", "/faults", '{"fault":"silence devices","device":"x"}', 400, /"x".*device-001/],
		["POST", "/faults", "kill", 400, /not JSON/],
		["POST", "/clock/advance", '{"ms":-1}', 400, /\/ms/],
		["POST", "/clock/advance", '{"ms":1,"to":2}', 400, /"to"/],
		["POST", "/timers/timer/tock/fire", "", 404, /timer\/tick/],
		["POST", "/timers/%ff/tick/fire", "", 400, /encoded/],
		["PUT", "/faults", "", 405, /GET, POST, DELETE/],
		["GET", "/nowhere", "", 404, /GET \//],
		["POST", "/faults", `"${"x".repeat(200_000)}"`, 413, /larger/],
	])("refuses %s %s %s with %i", async (method, path, body, status, detail) => {
		const answer = await ask(method, path, { body });
		expect(answer.status).toBe(status);
		expect(answer.type).toBe("application/problem+json");
		expect(json(answer)["detail"]).toMatch(detail);
		expect(world.cloud.faults.active).toEqual([]);
	});

	it.each([
		["a page's request", { origin: "https://example.com" }],
		["a page on this machine", { origin: "http://127.0.0.1:8080" }],
		["a page's image", { "sec-fetch-site": "cross-site" }],
		["a name that was pointed at this machine", { host: "example.com" }],
	])("refuses %s", async (_, headers) => {
		const body = '{"fault":"fail iot"}';
		const answer = await ask("POST", "/faults", { body, headers: { ...headers } });
		expect(answer.status).toBe(403);
		expect(world.cloud.faults.active).toEqual([]);
	});

	it("may be typed into a browser's address bar", async () => {
		const headers = { "sec-fetch-site": "none", host: `localhost:${new URL(admin).port}` };
		expect((await ask("GET", "/", { headers })).status).toBe(200);
	});
});
