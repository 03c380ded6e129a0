import Mns from "@alicloud/mns";
import { afterAll, describe, expect, it } from "vitest";
import type { Endpoints } from "../../local/index.ts";
import { ApiClient, type ShownCommand } from "../../tools/demo/client.ts";
import { RunningCloud } from "../support/cloud/running-cloud.ts";
import { TestDevice } from "../support/cloud/test-device.ts";

const COMMANDS = 1_200;
/** A batch takes at most so many messages. */
const BATCH = 16;

describe("kill -9 of the whole local cloud, twice, in the middle of its work", () => {
	const cloud = new RunningCloud("--devices", "1");
	afterAll(() => cloud.remove());

	it("loses no message that it took, and sends none twice without a record", async () => {
		let endpoints = await cloud.start();
		const device = new TestDevice(deviceOf(endpoints));
		await device.connect(endpoints.mqtt);
		await fill(endpoints);
		for (let kill = 0; kill < 2; kill++) {
			// Those that are being sent at the kill become unknown, so only some more are sure to come.
			const before = device.received.length;
			await expect
				.poll(() => device.received.length, { timeout: 60_000 })
				.toBeGreaterThanOrEqual(before + 5);
			await cloud.end("SIGKILL");
			await device.disconnect();
			endpoints = await cloud.start();
			await device.connect(endpoints.mqtt);
		}
		const api = new ApiClient(endpoints);
		let commands: ShownCommand[] = [];
		await expect
			.poll(
				async () => {
					commands = await api.list(deviceOf(endpoints));
					return commands.filter(({ terminal }) => terminal).length;
				},
				{ timeout: 100_000, interval: 1_000 },
			)
			.toBe(COMMANDS);

		const times = new Map<string, number>();
		for (const { params } of device.received) times.set(params, (times.get(params) ?? 0) + 1);
		expect([...times.values()].filter((count) => count > 1)).toEqual([]);
		for (const command of commands) {
			const reached = times.get(JSON.stringify((command as unknown as { args: object }).args)) ?? 0;
			expect(["succeeded", "unknown", "timed_out"]).toContain(command.state);
			// What nobody could see is called unknown; what is called succeeded did arrive.
			if (command.state === "succeeded") expect(reached).toBe(1);
		}
		expect(commands.filter(({ state }) => state === "succeeded").length).toBeGreaterThan(0);
	}, 200_000);

	it("stops cleanly on SIGTERM", async () => {
		const started = performance.now();
		expect(await cloud.end("SIGTERM")).toBe(0);
		expect(performance.now() - started).toBeLessThan(10_000);
	});
});

function deviceOf(endpoints: Endpoints): Endpoints["devices"][number] {
	const [device] = endpoints.devices;
	if (!device) throw new Error("the local cloud has no device");
	return device;
}

async function fill(endpoints: Endpoints): Promise<void> {
	const { accountId, accessKeyId, accessKeySecret, mns, queues } = endpoints;
	const client = new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
	const { productKey, deviceName } = deviceOf(endpoints);
	const device = { productKey, deviceName };
	const message = (n: number) => {
		const body = { device, service: "Set", args: { param1: n }, replyTimeout: 20 };
		return { MessageBody: Buffer.from(JSON.stringify(body)).toString("base64") };
	};
	for (let n = 0; n < COMMANDS; n += BATCH) {
		const count = Math.min(BATCH, COMMANDS - n);
		await client.batchSendMessage(
			queues.commands,
			Array.from({ length: count }, (_, index) => message(n + index)),
		);
	}
}
