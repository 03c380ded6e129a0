import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fc2Client } from "../support/fc/start.ts";
import { signedRpc } from "../support/iot/raw-call.ts";
import { OfficialClient } from "../support/mns/client.ts";
import { answering, stackOf } from "../support/project/project.ts";
import { runProject, type VirtualProject } from "../support/project/virtual-project.ts";
import { sdkClient } from "../support/tablestore/sdk.ts";

let world: VirtualProject;
beforeAll(async () => {
	world = await runProject(
		{ "s.yaml": stackOf(["a"]), "a/index.js": answering("1") },
		{ quotaPerSecond: 1_000_000, random: () => 0.5 },
	);
});
afterEach(() => world.cloud.faults.clear());
afterAll(() => world.close());

/** A small request to each service, by the vendor's client where that does not repeat it. */
const REQUESTS = {
	async tablestore() {
		const { tablestore, instance, ...keys } = world.cloud.endpoints;
		await sdkClient(tablestore, keys, instance).listTable({});
	},
	async mns() {
		const { mns, accountId, ...keys } = world.cloud.endpoints;
		await new OfficialClient(accountId, { endpoint: mns, ...keys }).listQueue();
	},
	async fc() {
		const { fc, ...keys } = world.cloud.endpoints;
		const client = fc2Client(fc, keys);
		client.version = "2023-03-30";
		await client.get("/functions");
	},
	async iot() {
		const { iot, devices, ...keys } = world.cloud.endpoints;
		const query = { ProductKey: devices[0]?.productKey ?? "" };
		const answer = await fetch(`${iot}/?${signedRpc("QueryProduct", query, keys)}`);
		const text = await answer.text();
		if (!text.includes("<Success>true")) throw new Error(text);
	},
} as const;

type Service = keyof typeof REQUESTS;
const ALL: readonly Service[] = ["tablestore", "mns", "fc", "iot"];

/** "well", or the failure's text. */
const outcome = (service: Service) =>
	REQUESTS[service]().then(
		() => "well",
		(error: Error & { code?: string }) => `${error.name} ${error.code} ${error.message}`,
	);

/** Follows a request of whose end nothing is known. */
function watch(service: Service) {
	const state = { ended: false, outcome: outcome(service) };
	state.outcome.finally(() => {
		state.ended = true;
	});
	return state;
}

describe.each(ALL)("%s", (service) => {
	it("is slow by the clock", async () => {
		await world.cloud.faults.start({ fault: `slow ${service}`, ms: 200 });
		const pending = world.clock.pending;
		const request = watch(service);
		await expect.poll(() => world.clock.pending).toBe(pending + 1);
		await world.clock.advance(199);
		expect(request.ended).toBe(false);
		await world.clock.advance(1);
		expect(await request.outcome).toBe("well");
	});

	it("hangs for as long as the fault lasts, an hour of virtual time", async () => {
		await world.cloud.faults.start({ fault: `hang ${service}`, seconds: 3_600 });
		const request = watch(service);
		await world.clock.advance(3_599_000);
		expect(request.ended).toBe(false);
		await world.clock.advance(1_000);
		expect(await request.outcome).not.toBe("well");
		expect(await outcome(service)).toBe("well");
	});

	it.each(["reset", "fail", "throttle", "garble"])("fails where %s strikes", async (verb) => {
		await world.cloud.faults.start({ fault: `${verb} ${service}`, share: 0.51, seconds: 10 });
		expect(await outcome(service)).not.toBe("well");
		await world.clock.advance(10_000);
		expect(await outcome(service)).toBe("well");
		await world.cloud.faults.start({ fault: `${verb} ${service}`, share: 0.49 });
		expect(await outcome(service)).toBe("well");
	});
});

it.each([
	["fail tablestore", /OTSServerBusy/],
	["throttle tablestore", /OTSNotEnoughCapacityUnit/],
	["fail mns", /InternalError/],
	["throttle mns", /TooManyRequests/],
	["fail fc", /ServiceUnavailable/],
	["throttle fc", /ResourceExhausted/],
	["fail iot", /iot\.system\.SystemException/],
	["throttle iot", /Throttling\.User/],
])("%s answers in the service's own words", async (fault, words) => {
	await world.cloud.faults.start({ fault });
	expect(await outcome(fault.split(" ")[1] as Service)).toMatch(words);
});
