import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ThrottleModel } from "../../../local/iot/index.ts";
import type { Report } from "../../report.ts";
import type { CloudReady, WorkerResult, WorkerTask } from "./messages.ts";

const WORKERS = 8;
const SECONDS = 60;
const PER_SECOND = 500;
const IN_FLIGHT = 50;
/** For all processes to have loaded their SDKs. */
const WARM_UP_MS = 8_000;
/** For their code to be compiled, and the first plans to be drawn up. */
const SETTLE_MS = 5_000;
const MODELS: readonly ThrottleModel[] = ["token-bucket", "fixed-window"];

/** Worker processes against the local cloud, by the system's clock. */
export async function quotaInRealTime(): Promise<Report> {
	const rows: string[][] = [];
	for (const model of MODELS) rows.push(await measure(model));
	return {
		title: `${WORKERS} processes for ${SECONDS} s against the local cloud, ${PER_SECOND} calls a second`,
		columns: ["server", "taken a second", "of the limit", "throttled", "Jain", "other failures"],
		rows,
		note: "Aim: at least 97 % of the limit taken, at most 0.5 % of the calls throttled.",
	};
}

async function measure(model: ThrottleModel): Promise<string[]> {
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-quota-"));
	const processes: ChildProcess[] = [];
	const start = (file: string, args: readonly string[] = []) => {
		const child = fork(join(import.meta.dirname, file), args, { execArgv: ["--import", "tsx"] });
		processes.push(child);
		return child;
	};
	try {
		const cloud = start("cloud.ts", [dataDir, model, String(PER_SECOND)]);
		const [ready] = (await once(cloud, "message")) as [CloudReady];
		const startAt = Date.now() + WARM_UP_MS;
		const task: WorkerTask = {
			...ready,
			workers: WORKERS,
			perSecond: PER_SECOND,
			inFlight: IN_FLIGHT,
			startAt,
			countFrom: startAt + SETTLE_MS,
			endAt: startAt + SETTLE_MS + SECONDS * 1000,
		};
		const results = await Promise.all(
			Array.from({ length: WORKERS }, async () => {
				const worker = start("worker.ts");
				const answer = once(worker, "message") as Promise<[WorkerResult]>;
				worker.send(task);
				return (await answer)[0];
			}),
		);
		return rowOf(model, results);
	} finally {
		for (const child of processes) child.kill("SIGKILL");
		rmSync(dataDir, { recursive: true, force: true });
	}
}

function rowOf(model: ThrottleModel, results: readonly WorkerResult[]): string[] {
	const total = (what: keyof WorkerResult) =>
		results.reduce((sum, result) => sum + result[what], 0);
	const perSecond = total("taken") / SECONDS;
	const squares = results.reduce((sum, { taken }) => sum + taken ** 2, 0);
	return [
		model,
		perSecond.toFixed(1),
		`${((100 * perSecond) / PER_SECOND).toFixed(2)} %`,
		`${((100 * total("throttled")) / total("calls")).toFixed(3)} %`,
		(total("taken") ** 2 / (results.length * squares)).toFixed(4),
		String(total("otherwise")),
	];
}
