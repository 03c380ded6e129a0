import { setTimeout as pause } from "node:timers/promises";
import { createClient, type Job } from "../../client/src/index.ts";
import { RunningCloud } from "../../test/support/cloud/running-cloud.ts";

const POLL_MS = 500;
const REST_MS = 2_000;
const AT_MOST_MS = 120_000;
const UNSENT = ["waiting", "accepted", "sending"] as const;

interface Stats {
	readonly tablestore: { readonly rows: Readonly<Record<string, number>> };
	readonly functions: Readonly<Record<string, { readonly cpuMs: number }>>;
}

/** The bundles in the local cloud, in real time, with simulated devices that log in and reply. */
export async function inRealTime(devices: number): Promise<string[][]> {
	const cloud = new RunningCloud("--devices", String(devices), "--quota", "500");
	try {
		const { http, apiKey, admin, devices: known } = await cloud.start();
		const client = createClient({ url: http, key: apiKey });
		const targets = known.map(({ productKey, deviceName }) => ({ productKey, deviceName }));
		const command = { service: "Set", args: {}, replyTimeout: 60 };
		// The functions have started, and know the thing model.
		const [first] = targets;
		if (first) await client.commands.send({ device: first, ...command }, { wait: 10 });
		await atRest(admin);
		await fetch(`${admin}/stats/reset`, { method: "POST" });
		const begun = performance.now();
		const { id } = await client.jobs.create({ targets: { devices: targets }, command });
		const sent = await until(() => client.jobs.get(id), isSent, begun);
		const confirmed = await until(
			() => client.jobs.get(id),
			({ state }) => state === "completed",
			begun,
		);
		const { counts } = await client.jobs.get(id);
		const stats = await statsOf(admin);
		const rows = sum(Object.values(stats.tablestore.rows)) / devices;
		const cpu = sum(Object.values(stats.functions).map(({ cpuMs }) => cpuMs)) / devices;
		const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
		return [
			[
				`${devices} simulated devices in real time, 500/s: sent / confirmed`,
				`${seconds(sent)} / ${seconds(confirmed)} (${JSON.stringify(counts)})`,
			],
			["… row operations a device, asked every 0.5 s how far it is", rows.toFixed(1)],
			["… processor time of the functions a device", `${cpu.toFixed(2)} ms`],
		];
	} finally {
		await cloud.remove();
	}
}

const statsOf = async (admin: string) => (await (await fetch(`${admin}/stats`)).json()) as Stats;

/** Until the registry knows of all devices that they are online. */
async function atRest(admin: string): Promise<void> {
	for (let before = -1; ; ) {
		const { rows } = (await statsOf(admin)).tablestore;
		if (rows["put devices"] === before) return;
		before = rows["put devices"] ?? 0;
		await pause(REST_MS);
	}
}

const isSent = ({ counts = {}, targets }: Job): boolean =>
	targets !== undefined && UNSENT.every((state) => !counts[state]);

async function until(
	read: () => Promise<Job>,
	isThere: (job: Job) => boolean,
	begun: number,
): Promise<number> {
	while (!isThere(await read())) {
		if (performance.now() - begun > AT_MOST_MS) throw new Error("the job does not end");
		await pause(POLL_MS);
	}
	return performance.now() - begun;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
