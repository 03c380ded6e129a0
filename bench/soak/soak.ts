/** A steady load for minutes: whether memory and latency stay what they are, and whether everything ends. */
import { setTimeout as pause } from "node:timers/promises";
import { Running } from "../lean/running.ts";
import { median, percentile, type Report } from "../report.ts";
import { memoryOf } from "./memory.ts";

const MINUTE_MS = 60_000;
/** Of what passes in a second where nothing holds it back. */
const SHARE = 0.6;
const PROBE_COMMANDS = 1_500;
const PUT_EVERY_MS = 500;
const SAMPLE_EVERY_MS = 15_000;
const FUNCTIONS = ["http", "queue", "timer", "worker", "cloud"];
/** Of each window, so many of the newest commands tell how long they took. */
const PAGES = 3;
const END_MS = 120_000;
/** Whatever is kept in caches and in the pool of the garbage collector. */
const FLAT = 1.25;

interface Sample {
	readonly memory: Readonly<Record<string, number>>;
	readonly latenciesMs: readonly number[];
}

export async function soak({
	quick,
	minutes,
}: {
	quick: boolean;
	minutes?: number;
}): Promise<Report> {
	const long = minutes ?? (quick ? 1 : 20);
	const cloud = await Running.start("--quota", "5000", "--devices", "20");
	try {
		const most = await throughput(cloud);
		const perSecond = Math.max(1, Math.floor(most * SHARE));
		const { samples, put } = await load(cloud, perSecond, long * MINUTE_MS);
		const open = await openAfter(cloud, END_MS);
		return report(samples, { most, perSecond, put, open, minutes: long });
	} finally {
		await cloud.end();
	}
}

const bodyFor = (cloud: Running) => (index: number) => ({
	device: cloud.device(index),
	service: "Set",
	args: { temperature: 10 },
	replyTimeout: 30,
});

async function throughput(cloud: Running): Promise<number> {
	await cloud.enqueue(200, bodyFor(cloud));
	await cloud.drained();
	const startedAt = performance.now();
	await cloud.enqueue(PROBE_COMMANDS, bodyFor(cloud));
	await cloud.drained();
	return PROBE_COMMANDS / ((performance.now() - startedAt) / 1_000);
}

async function load(cloud: Running, perSecond: number, ms: number) {
	const samples: Sample[] = [];
	const startedAt = performance.now();
	let put = 0;
	let sampleAt = SAMPLE_EVERY_MS;
	for (;;) {
		const passed = performance.now() - startedAt;
		if (passed >= ms) return { samples, put };
		const due = Math.floor((passed / 1_000) * perSecond) - put;
		if (due > 0) await cloud.enqueue(due, bodyFor(cloud));
		put += Math.max(0, due);
		if (passed >= sampleAt) {
			samples.push({ memory: memoryOf(cloud.pid), latenciesMs: await latencies(cloud) });
			sampleAt += SAMPLE_EVERY_MS;
		}
		await pause(PUT_EVERY_MS);
	}
}

interface Page {
	readonly commands: ReadonlyArray<{ readonly createdAt: string; readonly updatedAt: string }>;
	readonly cursor: string | null;
}

/** From acceptance to the device's reply, of commands that have ended lately. */
async function latencies({ endpoints }: Running): Promise<number[]> {
	const headers = { authorization: `Bearer ${endpoints.apiKey}` };
	const found: number[] = [];
	let cursor = "";
	for (let page = 0; page < PAGES; page++) {
		const query = new URLSearchParams({ state: "succeeded", limit: "100", since: "15s" });
		if (cursor) query.set("cursor", cursor);
		const response = await fetch(`${endpoints.http}/v1/commands?${query}`, { headers });
		if (!response.ok) break;
		const { commands, cursor: next } = (await response.json()) as Page;
		found.push(...commands.map((one) => Date.parse(one.updatedAt) - Date.parse(one.createdAt)));
		if (next === null) break;
		cursor = next;
	}
	return found;
}

/** States of commands that have not ended after a while; empty: all have. */
async function openAfter({ api }: Running, ms: number): Promise<string[]> {
	const until = performance.now() + ms;
	const states = ["accepted", "waiting", "sending", "sent"];
	for (;;) {
		const busy = await Promise.all(states.map((state) => api.any(state)));
		const open = states.filter((_, index) => busy[index]);
		if (open.length === 0 || performance.now() > until) return open;
		await pause(1_000);
	}
}

interface Outcome {
	readonly most: number;
	readonly perSecond: number;
	readonly put: number;
	readonly open: readonly string[];
	readonly minutes: number;
}

function report(samples: readonly Sample[], outcome: Outcome): Report {
	const { most, perSecond, put, open, minutes } = outcome;
	// The first quarter is warming up: caches fill, V8 compiles.
	const rest = samples.slice(Math.floor(samples.length / 4));
	const half = Math.ceil(rest.length / 2);
	const [early, late] = [rest.slice(0, half), rest.slice(half)];
	const memory = FUNCTIONS.map((name) => {
		const of = (some: readonly Sample[]) => median(some.map((one) => one.memory[name] ?? 0));
		const [before, after] = [of(early), of(late)];
		return [`memory of ${name}, MB`, before, after, after <= before * FLAT] as const;
	});
	const p99 = (some: readonly Sample[]) =>
		percentile(
			some.flatMap(({ latenciesMs }) => latenciesMs),
			0.99,
		);
	const p50 = (some: readonly Sample[]) => median(some.flatMap(({ latenciesMs }) => latenciesMs));
	const ms = [
		["acceptance to reply, p50, ms", p50(early), p50(late), true],
		["… p99, ms", p99(early), p99(late), p99(late) <= p99(early) * 2],
	] as const;
	return {
		title: `Soak: ${minutes} min at ${perSecond} commands/s, ${SHARE * 100} % of the ${most.toFixed(0)}/s that pass at most`,
		columns: ["", "before", "after", "steady"],
		rows: [...memory, ...ms].map(([what, before, after, steady]) => [
			what,
			before.toFixed(0),
			after.toFixed(0),
			steady ? "yes" : "NO",
		]),
		note: `${put} commands; ${open.length === 0 ? "every one has ended" : `some are still ${open.join(", ")}`}. Before and after: medians of the two halves of what follows the first quarter.`,
	};
}
