import { percentile, type Report } from "../report.ts";
import { forecastErrors } from "./forecasts.ts";
import { exactThroughKills } from "./kills.ts";
import { overshoot } from "./overshoot.ts";
import { inRealTime } from "./real-time.ts";
import { resolveByQuery } from "./resolve.ts";
import { openFleet, runUntilEnded, startOver } from "./run.ts";

const s = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Jobs over many devices, with the real functions, in virtual time. */
export async function fleet({ quick }: { quick: boolean }): Promise<Report> {
	const devices = quick ? 5_000 : 100_000;
	// Before anything makes timers follow a virtual clock.
	const real = await inRealTime(quick ? 300 : 2_000);
	const rows: string[][] = [];
	for (const [name, options] of [
		["with InvokeThingsService, replies within the limit", {}],
		["the same, replies beyond the limit queue at the platform", { uplinkPerSecond: 1_500 }],
		["without InvokeThingsService", { batchDevices: 1 }],
	] as const) {
		const measured = await bigJob(devices, options);
		rows.push([`${name}: sent / confirmed`, `${s(measured.sentMs)} / ${s(measured.confirmedMs)}`]);
		rows.push(["… succeeded / calls alone / calls together", measured.calls]);
		rows.push([
			"… interactive commands beside it, p99 until the call",
			`${measured.interactiveMs} ms`,
		]);
		rows.push(["… row operations a device", measured.rowsEach]);
		rows.push(["… processor time a device, everything in this process", measured.cpuEach]);
	}
	rows.push(...(await overshoot(quick)), ...(await forecastErrors(quick)));
	rows.push(...(await resolveByQuery(devices)), ...(await exactThroughKills(quick)));
	rows.push(...real);
	return {
		title: `A job over ${devices} devices of one product`,
		columns: ["figure", "measured"],
		rows,
		note: "Virtual time, the functions' own handlers, a table in memory without delays; devices answer after 0.5 s, and the platform hands over 1,000 replies a second. Times begin with the request. The last rows: the bundles in the local cloud.",
	};
}

async function bigJob(devices: number, options: object) {
	const run = openFleet(options);
	const { world, fleet, rows } = run;
	const startedAt = world.clock.now();
	const cpu = process.cpuUsage();
	const { id } = await startOver(run, devices);
	[rows.reads, rows.writes] = [0, 0];
	const latencies: number[] = [];
	const stop = interactive(run, latencies);
	const job = await runUntilEnded(run, id);
	stop();
	const used = process.cpuUsage(cpu);
	const { calls, callsTogether } = world.platform;
	const [alone, together] = [calls.length - latencies.length, callsTogether.length];
	return {
		sentMs: (fleet.sentAt.at(-1) ?? 0) - startedAt,
		confirmedMs: fleet.lastReplyAt - startedAt,
		calls: `${job.counts?.["succeeded"]} / ${alone} / ${together}`,
		interactiveMs: percentile(latencies, 0.99),
		rowsEach: ((rows.reads + rows.writes) / devices).toFixed(1),
		cpuEach: `${((used.user + used.system) / 1000 / devices).toFixed(2)} ms`,
	};
}

/** One interactive command in a second, to a device that no job knows. */
function interactive({ world }: ReturnType<typeof openFleet>, latencies: number[]): () => void {
	let goes = true;
	const inner = world.platform.script;
	const sentAt = new Map<string, number>();
	world.platform.script = (call, count) => {
		const at = sentAt.get(call.args);
		if (at === undefined) return inner(call, count);
		latencies.push(world.clock.now() - at);
		return { kind: "taken", answer: { success: true, messageId: call.args } };
	};
	const next = (n: number) =>
		world.clock.after(1_000, () => {
			if (!goes) return;
			const args = `{"n":${n}}`;
			sentAt.set(args, world.clock.now());
			const device = { productKey: "pk", deviceName: "nobody" };
			const body = { device, service: "Set", args, replyTimeout: 0 };
			void world.fetchNow("POST", "/v1/commands", body);
			next(n + 1);
		});
	next(0);
	return () => {
		goes = false;
	};
}
