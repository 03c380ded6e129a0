import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "../../client/src/index.ts";
import type { Endpoints } from "../../local/index.ts";
import { Person } from "../support/cli/typed.ts";
import { RunningCloud } from "../support/cloud/running-cloud.ts";

const COMMANDS = 500;
const AT_ONCE = 50;

/** The client and the command line against the bundles in the local cloud. */
describe("bulk operations and the stream, in the local cloud", () => {
	const cloud = new RunningCloud("--devices", "2");
	const person = new Person();
	let client: Client;
	let online: Endpoints["devices"][number];
	let offline: Endpoints["devices"][number];

	beforeAll(async () => {
		const endpoints = await cloud.start();
		const [first, second] = endpoints.devices;
		if (!first || !second) throw new Error("the local cloud has no two devices");
		online = first;
		offline = second;
		client = createClient({ url: endpoints.http, key: endpoints.apiKey });
		person.env = { THINGCAST_URL: endpoints.http, THINGCAST_KEY: endpoints.apiKey };
		const fault = { fault: "unplug devices", device: offline.deviceName };
		await fetch(`${endpoints.admin}/faults`, { method: "POST", body: JSON.stringify(fault) });
	});
	afterAll(async () => {
		person.leaves();
		await cloud.remove();
	});

	const ref = ({ productKey, deviceName }: typeof online) => ({ productKey, deviceName });

	it("the registry is read from the platform's lists, and the command line shows how far", async () => {
		await person.types("device", "sync");
		const { code, out } = await person.types("device", "sync");
		expect(code).toBe(0);
		expect(out).toContain("completed: 2 devices read");
		const query = `productKey = '${online.productKey}'`;
		const { json } = await person.types("device", "list", "--query", query, "--json");
		expect(json).toMatchObject([
			{ iotId: expect.any(String), syncedAt: expect.any(String) },
			{ iotId: expect.any(String), syncedAt: expect.any(String) },
		]);
		expect(await client.devices.synced()).toMatchObject({ state: "completed", products: 1 });
	}, 60_000);

	it("the stream tells of a command's end, and goes on behind an event", async () => {
		const { commands } = client;
		const signal = AbortSignal.timeout(25_000);
		const stream = commands.stream({ service: "Get" }, { signal });
		const first = stream.next();
		const sent: string[] = [];
		// What is sent before the stream is open is not told.
		for (let told = false; !told; ) {
			const { id } = await commands.send({ device: ref(online), service: "Get" }, { wait: 5 });
			sent.push(id);
			told = await Promise.race([first.then(() => true), pause(700, false)]);
		}
		const event = (await first).value;
		await stream.return();
		if (!event) throw new Error("the stream has ended");
		expect(sent).toContain(event.data.id);
		const { id } = await commands.send({ device: ref(online), service: "Get" }, { wait: 10 });
		const told = new Map<string, string>();
		for await (const { data } of commands.stream({}, { lastEventId: event.id, signal })) {
			told.set(data.id, data.state);
			if (data.id === id && data.terminal) break;
		}
		expect(told.get(id)).toBe("succeeded");
	}, 30_000);

	it(`${COMMANDS} are canceled by one command at the command line`, async () => {
		const { commands } = client;
		const send = () => commands.send({ device: ref(offline), service: "Get", whenOffline: "wait" });
		for (let n = 0; n < COMMANDS; n += AT_ONCE)
			await Promise.all(Array.from({ length: AT_ONCE }, send));
		const target = ["--product", offline.productKey, "--device", offline.deviceName];
		const words = ["cancel", ...target, "--state", "accepted,waiting", "--yes", "--json"];
		const { json, code } = await person.types(...words);
		expect(json).toMatchObject([{ state: "completed", failed: 0 }]);
		expect(code).toBe(0);
		const [operation] = json as unknown as Array<{
			matched: number;
			done: number;
			skipped: number;
		}>;
		expect(operation?.matched).toBe((operation?.done ?? 0) + (operation?.skipped ?? 0));
		// What was just being sent goes back to waiting, and is found by a second call.
		await person.types(...words);
		expect(await commands.cancelWhere(ref(offline), { dryRun: true })).toEqual({ matched: 0 });
	}, 60_000);
});
