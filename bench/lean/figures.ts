import { median, percentile } from "../report.ts";
import { type Running, sum } from "./running.ts";

/** One line of the table: what was measured, the figure, and what it is to be. */
export type Line = readonly [what: string, measured: string, aim: string];

/** Not what the members of the quota, the tick and the book of reactions do once in a while. */
const OF_COMMAND = / (commands|replies|idempotency|audit)$/;

const SILENT_MS = 12_000;

/** Commands through the queue with the quota lifted: their cost, and how many pass in a second. */
export async function bulk(cloud: Running, commands: number): Promise<Line[]> {
	const body = (index: number) => ({
		device: cloud.device(index),
		service: "Set",
		args: { temperature: 10 },
		lane: "bulk",
		replyTimeout: 0,
	});
	await cloud.enqueue(500, body);
	await cloud.drained();
	await cloud.quiet();
	let seconds = 0;
	const stats = await cloud.counted(async () => {
		const startedAt = performance.now();
		await cloud.enqueue(commands, body);
		await cloud.drained();
		seconds = (performance.now() - startedAt) / 1_000;
	});
	const cpu = (names: readonly string[]) =>
		names.reduce((total, name) => total + (stats.functions[name]?.cpuMs ?? 0), 0) / commands;
	const ours = cpu(["queue", "worker", "timer"]);
	const handler = await cloud.handlerMs(commands, false);
	const bare = await cloud.handlerMs(commands, true);
	return [
		[
			`processor time of the functions, a command of ${commands}`,
			`${ours.toFixed(2)} ms`,
			"≤ 0.9 ms",
		],
		["… of the handler with the whole SDKs (put, call, put)", `${handler.toFixed(2)} ms`, "–"],
		["… of the bare SDK's call", `${bare.toFixed(2)} ms`, "–"],
		["… ours beside the handler's", `${(ours / handler).toFixed(2)} ×`, "≤ 1.3 ×"],
		["table requests a command", (sum(stats.tablestore.requests) / commands).toFixed(2), "≤ 0.15"],
		["row operations a command", (sum(stats.tablestore.rows) / commands).toFixed(1), "≤ 5"],
		["commands a second through the whole local cloud", (commands / seconds).toFixed(0), "≥ 600"],
	];
}

/** Row operations of one command by the API, once everything is warm. */
export async function single(cloud: Running, service: string, aim: number): Promise<Line> {
	const rows: number[] = [];
	for (let round = 0; round < 5; round++) {
		const body = JSON.stringify({ device: cloud.device(), service, args: {} });
		const stats = await cloud.counted(async () => {
			await cloud.api.post("/v1/commands", body);
		});
		const own = Object.entries(stats.tablestore.rows).filter(([name]) => OF_COMMAND.test(name));
		rows.push(sum(Object.fromEntries(own)));
	}
	const kind = service === "Get" ? "synchronous" : "asynchronous";
	return [
		`row operations, one ${kind} command, its line in the audit included`,
		String(median(rows)),
		`≤ ${aim}`,
	];
}

/** The demo's burst, at the account's 500 calls a second. */
export async function burst(cloud: Running): Promise<Line> {
	const startedAt = performance.now();
	await cloud.enqueue(1_500, (index) => ({
		device: cloud.device(index),
		service: "Set",
		args: { temperature: 10 },
		lane: "bulk",
		replyTimeout: 0,
	}));
	await cloud.drained();
	const seconds = (performance.now() - startedAt) / 1_000;
	return ["burst of 1,500 at 500/s (3 s at the limit)", `${seconds.toFixed(1)} s`, "≤ 4.5 s"];
}

/** Single requests, all at once. */
export async function posts(cloud: Running, count: number): Promise<Line[]> {
	const times: number[] = [];
	const stats = await cloud.counted(async () => {
		const startedAt = performance.now();
		const send = async (index: number) => {
			await cloud.api.send({ device: cloud.device(index), service: "Set", args: {} }, 30);
			times.push(performance.now() - startedAt);
		};
		await Promise.all(Array.from({ length: count }, (_, index) => send(index)));
	});
	return [
		[
			`${count} POSTs at once, all answered by their devices, p99`,
			`${(percentile(times, 0.99) / 1_000).toFixed(1)} s`,
			"≤ 3 s",
		],
		["… instances of the worker", String(stats.functions["worker"]?.instances), "≤ 4"],
	];
}

/** Two commands a second to a healthy device beside six to one that does not answer. */
export async function besideSilence(cloud: Running): Promise<Line> {
	const paced = async (silent: boolean): Promise<number> => {
		const until = performance.now() + SILENT_MS;
		const times: number[] = [];
		const healthy: Promise<void>[] = [];
		for (let index = 0; performance.now() < until; index++) {
			if (silent) void cloud.api.post("/v1/commands", command(cloud, 1)).catch(() => {});
			if (index % 3 === 0) {
				const startedAt = performance.now();
				const ended = cloud.api.send(JSON.parse(command(cloud, 0)), 20);
				healthy.push(ended.then(() => void times.push(performance.now() - startedAt)));
			}
			await new Promise((resolve) => setTimeout(resolve, 166));
		}
		await Promise.all(healthy);
		return median(times);
	};
	const alone = await paced(false);
	await cloud.fault({
		fault: "silence devices",
		device: cloud.device(1).deviceName,
		seconds: SILENT_MS / 1_000 + 10,
	});
	const beside = await paced(true);
	return [
		"2/s to a healthy device beside 6/s to a silent one: p50",
		`${(beside / alone).toFixed(2)} × (${alone.toFixed(0)} → ${beside.toFixed(0)} ms)`,
		"≤ 1.5 ×",
	];
}

const command = (cloud: Running, device: number) =>
	JSON.stringify({ device: cloud.device(device), service: "Get", args: {} });

/** Clients that wait for an answer that does not come. */
export async function waiting(cloud: Running): Promise<Line> {
	await cloud.fault({ fault: "silence devices", device: cloud.device(2).deviceName, seconds: 8 });
	const stats = await cloud.counted(async () => {
		const body = { device: cloud.device(2), service: "Set", args: {}, replyTimeout: 5 };
		await Promise.all(Array.from({ length: 60 }, () => cloud.api.send(body, 30)));
	});
	const instances = stats.functions["http"]?.instances;
	return ["60 clients with Prefer: wait=30 at once: instances", String(instances), "1"];
}

/** Schedules whose runs are due in the same second. */
export async function schedules(cloud: Running, count: number): Promise<Line> {
	const due = Math.ceil(Date.now() / 1_000) * 1_000 + 30_000;
	const at = new Date(due).toISOString().slice(0, 19);
	const make = (index: number) =>
		cloud.api.post(
			"/v1/schedules",
			JSON.stringify({
				when: { at, timeZone: "UTC" },
				command: { device: cloud.device(index), service: "Set", args: {}, lane: "bulk" },
			}),
		);
	for (let start = 0; start < count; start += 50) {
		await Promise.all(Array.from({ length: 50 }, (_, index) => make(start + index)));
	}
	await new Promise((resolve) => setTimeout(resolve, due - Date.now() + 2_000));
	await cloud.drained();
	const late = (await cloud.api.sentSince(due - 60_000, "timer")).map((time) => time - due);
	if (late.length < count) throw new Error(`only ${late.length} of ${count} runs were sent`);
	const figure = `${(percentile(late, 0.99) / 1_000).toFixed(1)} s`;
	return [`${count} schedules in one second: p99 lateness`, figure, "≤ 3 s"];
}
