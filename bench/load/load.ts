/** How long each function takes from the start of its process until it serves, beside the vendors' whole SDKs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	isServer,
	type Load,
	loadBundle,
	loadScript,
} from "../../test/support/load/first-answer.ts";
import { build } from "../../tools/build.ts";
import { MAX_KILOBYTES } from "../../tools/bundle/limits.ts";
import { median, type Report } from "../report.ts";

const ROUNDS = 15;
const QUICK_ROUNDS = 3;
const AIM_MS: Readonly<Record<string, number>> = { http: 45, timer: 35, queue: 45, worker: 70 };

/** What a handler of forty lines requires. */
const SDKS = `require("@alicloud/iot20180120");require("tablestore")`;

interface Candidate {
	readonly name: string;
	readonly kilobytes?: number;
	readonly load: () => Promise<Load>;
}

export async function load({ quick }: { quick: boolean }): Promise<Report> {
	const outDir = mkdtempSync(join(tmpdir(), "thingcast-load-"));
	try {
		const bundles = await build({ outDir });
		const files = bundles.map(({ folder }) => join(folder, "index.js"));
		const candidates: Candidate[] = [
			{ name: "bare Node.js", load: () => loadScript("0") },
			...bundles.map(({ functionName, folder, bytes }) => ({
				name: functionName,
				kilobytes: bytes / 1024,
				load: () => loadBundle(join(folder, "index.js")),
			})),
			{ name: "whole SDKs of IoT and Tablestore", load: () => loadScript(SDKS) },
			{
				name: "… and of Function Compute",
				load: () => loadScript(`${SDKS};require("@alicloud/fc2")`),
			},
		];
		const loads = await measure(candidates, quick ? QUICK_ROUNDS : ROUNDS);
		const bare = loads.get("bare Node.js") ?? [];
		const above = (name: string, figure: (load: Load) => number | undefined) =>
			median((loads.get(name) ?? []).map((each) => figure(each) ?? Number.NaN)) -
			median(bare.map((each) => figure(each) ?? Number.NaN));
		return {
			title: `loading, ${files.some(isServer) ? "process start to first answer" : "process start to loaded module"}, median of ${quick ? QUICK_ROUNDS : ROUNDS} above bare Node.js`,
			columns: ["what", "ms", "aim", "processor ms", "KB", "aim"],
			rows: candidates
				.slice(1)
				.map(({ name, kilobytes }) => [
					name,
					above(name, ({ ms }) => ms).toFixed(0),
					AIM_MS[name]?.toFixed(0) ?? "–",
					above(name, ({ cpuMs }) => cpuMs).toFixed(0),
					kilobytes?.toFixed(0) ?? "–",
					MAX_KILOBYTES[name]?.toFixed(0) ?? "–",
				]),
			note: `Bare Node.js: ${median(bare.map(({ ms }) => ms)).toFixed(0)} ms. Its own http, https and crypto, which every function needs, are part of each line.`,
		};
	} finally {
		rmSync(outDir, { recursive: true, force: true });
	}
}

/** Round by round, so that a busy moment falls on all alike. */
async function measure(
	candidates: readonly Candidate[],
	rounds: number,
): Promise<Map<string, Load[]>> {
	const loads = new Map<string, Load[]>(candidates.map(({ name }) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (const { name, load } of candidates) loads.get(name)?.push(await load());
	}
	return loads;
}
