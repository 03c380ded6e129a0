/** How long `npm start` takes from the end of the build until every service takes requests. */
import { performance } from "node:perf_hooks";
import { RunningCloud } from "../../test/support/cloud/running-cloud.ts";
import { median, type Report } from "../report.ts";

const ROUNDS = 7;
const AIM_MS = 3_000;

interface Times {
	readonly buildMs: number;
	readonly readyMs: number;
	/** From the end of that to the first answer of the HTTP function, which has to start for it. */
	readonly firstAnswerMs: number;
}

export async function start(): Promise<Report> {
	const fresh: Times[] = [];
	const again: Times[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const cloud = new RunningCloud("--devices", "3");
		try {
			fresh.push(await startOnce(cloud));
			again.push(await startOnce(cloud));
		} finally {
			await cloud.remove();
		}
	}
	const row = (name: string, times: readonly Times[]) => [
		name,
		...(["buildMs", "readyMs", "firstAnswerMs"] as const).map((key) =>
			median(times.map((each) => each[key])).toFixed(0),
		),
		Math.max(...times.map(({ readyMs }) => readyMs)).toFixed(0),
	];
	return {
		title: `npm start, ${ROUNDS} times, median in ms`,
		columns: [
			"data folder",
			"build",
			"ready after it",
			"first answer after that",
			"ready, slowest",
		],
		rows: [row("empty", fresh), row("of the first start", again)],
		note: `Aim: ready within ${AIM_MS} ms of the build.`,
	};
}

async function startOnce(cloud: RunningCloud): Promise<Times> {
	const { http } = await cloud.start();
	const startedAt = performance.now();
	const response = await fetch(`${http}/healthz`);
	await response.arrayBuffer();
	const firstAnswerMs = performance.now() - startedAt;
	const line = cloud.lines.find((text) => text.includes("ready in")) ?? "";
	const [, build, ready] = /built in (\d+) ms, ready in (\d+) ms/.exec(line) ?? [];
	await cloud.end("SIGTERM");
	return { buildMs: Number(build), readyMs: Number(ready), firstAnswerMs };
}
