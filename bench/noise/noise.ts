/**
 * Random bytes for every server of the local cloud, which runs in a process of
 * its own: what is no HTTP, HTTP made of chance, rightly signed requests with
 * chance for a body, and MQTT. Afterwards each must still do its work.
 */
import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import type { Endpoints } from "../../local/index.ts";
import { signedRpc } from "../../local/test/support/iot/raw-call.ts";
import { send } from "../../local/test/support/tablestore/raw-client.ts";
import { RunningCloud } from "../../test/support/cloud/running-cloud.ts";
import { TestDevice } from "../../test/support/cloud/test-device.ts";
import type { Report } from "../report.ts";
import { httpNoise, mqttNoise, rawNoise } from "./bytes.ts";
import { newTally, type Tally, targetOf, volley } from "./volley.ts";

const REQUESTS = 100_000;
/** Each of these has a connection of its own. */
const RAW_REQUESTS = 40_000;
const SIGNED_REQUESTS = 1_000;
const PIPELINED = 50;
const AT_ONCE = 16;
/** For one server; past it the rest is left out, which shows in the table. */
const LIMIT_MS = 33_000;
const WARM_UP = 3_000;

interface Server {
	readonly name: "iot" | "fc" | "mns" | "tablestore" | "mqtt";
	/** Beginnings of paths that it knows. */
	readonly paths: readonly string[];
	/** One rightly signed request with chance in it. @returns its status. */
	readonly signed?: (endpoints: Endpoints) => Promise<number>;
}

const OPERATIONS = ["PutRow", "GetRow", "GetRange", "BatchWriteRow", "CreateTable", "UpdateRow"];

const SERVERS: readonly Server[] = [
	{ name: "iot", paths: ["/?Action=InvokeThingService&", "/?", "/"], signed: signedIot },
	{ name: "fc", paths: ["/2016-08-15/services/s/functions/", "/2023-03-30/functions/", "/"] },
	{ name: "mns", paths: ["/queues/thingcast-commands/messages", "/queues/", "/queues?"] },
	{ name: "tablestore", paths: ["/PutRow", "/GetRange", "/"], signed: signedTablestore },
	{ name: "mqtt", paths: [] },
];

async function signedIot({ iot, ...credentials }: Endpoints): Promise<number> {
	const noise = () => randomBytes(randomInt(30)).toString("latin1");
	const params = { IotId: noise(), Identifier: noise(), Args: noise(), Format: "JSON" };
	const body = signedRpc("InvokeThingService", params, credentials, { method: "POST" });
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	const response = await fetch(iot, { method: "POST", headers, body });
	await response.arrayBuffer();
	return response.status;
}

async function signedTablestore({ tablestore, ...credentials }: Endpoints): Promise<number> {
	const operation = OPERATIONS[randomInt(OPERATIONS.length)] ?? "PutRow";
	const body = randomBytes(randomInt(300));
	return (await send(tablestore, { operation, body, credentials })).status;
}

export async function noise(): Promise<Report> {
	const cloud = new RunningCloud("--devices", "1", "--quota", "1000000");
	const rows: string[][] = [];
	try {
		const endpoints = await cloud.start();
		const memory = () => residentMb(cloud.pid);
		for (const server of SERVERS) {
			await bombard(server, endpoints, WARM_UP, newTally());
			const tally = newTally();
			const startMb = memory();
			const startedAt = performance.now();
			await bombard(server, endpoints, REQUESTS / 2, tally);
			const middleMb = memory();
			await bombard(server, endpoints, REQUESTS - REQUESTS / 2, tally);
			const seconds = (performance.now() - startedAt) / 1_000;
			rows.push([
				server.name,
				tally.requests.toLocaleString("en"),
				...["2", "3", "4", "5"].map((digit) => String(tally.answers.get(digit) ?? 0)),
				String(tally.closed),
				String(tally.hangs),
				`${startMb} / ${middleMb} / ${memory()}`,
				seconds.toFixed(0),
			]);
			await stillWorks(endpoints);
		}
	} finally {
		await cloud.remove();
	}
	return {
		title: "Random bytes to every server of the local cloud",
		columns: [
			"server",
			"requests",
			"2xx",
			"3xx",
			"4xx",
			"5xx",
			"closed",
			"hung",
			"RSS MB start / middle / end",
			"s",
		],
		rows,
		note: `Of ${REQUESTS.toLocaleString("en")} requests ${RAW_REQUESTS.toLocaleString("en")} are bytes on a connection of their own (of MQTT all of them), the others HTTP with random path, headers and body, ${PIPELINED} in a row; to IoT Platform and Tablestore ${SIGNED_REQUESTS.toLocaleString("en")} of them are rightly signed. "closed" are connections that ended without an answer: an HTTP parser that meets no HTTP answers 400, MQTT knows no answer to what is no MQTT. After each server a command is sent through all of them and must reach its device.`,
	};
}

/** Sends so many requests, in the proportions of a whole run. */
async function bombard(
	server: Server,
	endpoints: Endpoints,
	requests: number,
	tally: Tally,
): Promise<void> {
	const target = targetOf(endpoints[server.name]);
	const until = performance.now() + LIMIT_MS / 2;
	const { signed, paths } = server;
	const share = requests / REQUESTS;
	const mqtt = server.name === "mqtt";
	const raw = mqtt ? requests : Math.round(RAW_REQUESTS * share);
	const rightlySigned = signed ? Math.round(SIGNED_REQUESTS * share) : 0;
	const volleys = mqtt ? 0 : Math.floor((requests - raw - rightlySigned) / PIPELINED);
	const inTime = () => performance.now() < until;
	await repeat(volleys, inTime, () => {
		const parts = Array.from({ length: PIPELINED }, (_, index) =>
			httpNoise(paths, index === PIPELINED - 1),
		);
		return volley(target, Buffer.concat(parts), PIPELINED, tally);
	});
	await repeat(rightlySigned, inTime, async () => {
		if (!signed) return;
		tally.requests++;
		const digit = String(Math.floor((await signed(endpoints)) / 100));
		tally.answers.set(digit, (tally.answers.get(digit) ?? 0) + 1);
	});
	await repeat(raw, inTime, () => volley(target, mqtt ? mqttNoise() : rawNoise(), 1, tally));
}

async function repeat(
	count: number,
	inTime: () => boolean,
	once: () => Promise<void>,
): Promise<void> {
	let left = count;
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			while (left > 0 && inTime()) {
				left--;
				await once();
			}
		}),
	);
}

/** A command from the HTTP API to a device, through every service. */
async function stillWorks(endpoints: Endpoints): Promise<void> {
	const [identity] = endpoints.devices;
	if (!identity) throw new Error("the local cloud has no device");
	const device = new TestDevice(identity);
	await device.connect(endpoints.mqtt);
	const { productKey, deviceName } = identity;
	const response = await fetch(`${endpoints.http}/v1/commands`, {
		method: "POST",
		headers: {
			authorization: `Bearer ${endpoints.apiKey}`,
			"content-type": "application/json",
			prefer: "wait=20",
		},
		body: JSON.stringify({ device: { productKey, deviceName }, service: "Set" }),
	});
	const { state } = (await response.json()) as { state?: string };
	await device.disconnect();
	if (state !== "succeeded") throw new Error(`after the noise a command ended as ${state}`);
}

function residentMb(pid: number | undefined): number {
	const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
	return Math.round(Number(kilobytes.trim()) / 1024);
}
