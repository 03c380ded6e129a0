/**
 * What thingcast adds to a call: the time from a request to the device's
 * receipt, one command at a time on an idle local cloud, through the HTTP API
 * and by the bare SDK in turn, so that both see the same machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sdk, { InvokeThingServiceRequest } from "@alicloud/iot20180120";
import { Config } from "@alicloud/openapi-client";
import type { Cloud } from "../../local/index.ts";
import { build } from "../../tools/build.ts";
import { startThingcast } from "../../tools/cloud.ts";
import { ApiClient } from "../../tools/demo/client.ts";
import { median, percentile, type Report } from "../report.ts";

const ROUNDS = 200;
const WARM_UP = 20;

export async function overhead(): Promise<Report> {
	await build();
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-bench-"));
	const cloud = await startThingcast({
		projectDir: process.cwd(),
		dataDir,
		port: 0,
		devices: 1,
		quotaPerSecond: 500,
	});
	try {
		const bare: number[] = [];
		const ours: number[] = [];
		const sendBare = bareSender(cloud);
		const sendOurs = apiSender(cloud);
		for (let round = -WARM_UP; round < ROUNDS; round++) {
			const [bareMs, oursMs] = [await sendBare(), await sendOurs()];
			if (round < 0) continue;
			bare.push(bareMs);
			ours.push(oursMs);
		}
		const row = (name: string, times: readonly number[]) => [
			name,
			median(times).toFixed(1),
			percentile(times, 0.9).toFixed(1),
			percentile(times, 0.99).toFixed(1),
		];
		return {
			title: `From the request to the device's receipt, ${ROUNDS} commands one at a time, ms`,
			columns: ["", "median", "p90", "p99"],
			rows: [
				row("bare SDK, InvokeThingService", bare),
				row("thingcast, POST /v1/commands", ours),
				["thingcast above the bare SDK", (median(ours) - median(bare)).toFixed(1), "", ""],
			],
			note: "Aim: at most 8 ms above the bare SDK. Above it stand two or three durable writes, the asynchronous invocation and the claim.",
		};
	} finally {
		await cloud.close();
		rmSync(dataDir, { recursive: true, force: true });
	}
}

/** Milliseconds from `send` to the moment at which the device has the service call with this mark. */
async function untilReceived(
	cloud: Cloud,
	mark: number,
	send: () => Promise<unknown>,
): Promise<number> {
	const received = cloud.fleet.waitFor(({ params }) => params === `{"param1":${mark}}`);
	const startedAt = performance.now();
	const answered = send();
	await received;
	const ms = performance.now() - startedAt;
	await answered;
	return ms;
}

function bareSender(cloud: Cloud): () => Promise<number> {
	const { accessKeyId, accessKeySecret, iot, region, devices } = cloud.endpoints;
	const endpoint = new URL(iot).host;
	const client = new sdk.default(
		new Config({ accessKeyId, accessKeySecret, endpoint, protocol: "http", regionId: region }),
	);
	let mark = 1_000_000;
	return () => {
		mark++;
		const { productKey, deviceName } = firstOf(devices);
		const args = `{"param1":${mark}}`;
		const request = new InvokeThingServiceRequest({
			productKey,
			deviceName,
			identifier: "Set",
			args,
		});
		return untilReceived(cloud, mark, () => client.invokeThingService(request));
	};
}

function apiSender(cloud: Cloud): () => Promise<number> {
	const api = new ApiClient(cloud.endpoints);
	let mark = 2_000_000;
	return () => {
		mark++;
		const { productKey, deviceName } = firstOf(cloud.endpoints.devices);
		const device = { productKey, deviceName };
		const body = { device, service: "Set", args: { param1: mark } };
		// Waiting for its end leaves the local cloud idle for the next one.
		return untilReceived(cloud, mark, () => api.send(body, 10));
	};
}

function firstOf<T>(items: readonly T[]): T {
	const [first] = items;
	if (!first) throw new Error("the local cloud has no device");
	return first;
}
