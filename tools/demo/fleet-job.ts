import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "../../local/index.ts";
import type { ApiClient, NamedDevice } from "./client.ts";

/** A job as the API shows it, as far as the demo looks at it. */
interface ShownJob {
	readonly id: string;
	readonly state: string;
	readonly reason?: string;
	readonly targets?: number;
	readonly counts?: Readonly<Record<string, number>>;
	readonly waves: ReadonlyArray<{ readonly state: string }>;
}

const POLL_MS = 100;
const WAIT_MS = 30_000;
const WAVES = [{ count: 10, advance: "approve" }, { percent: 40 }, { percent: 100 }] as const;
const RULE = { states: ["failed"], percent: 20, minimum: 20 } as const;
/** As if the new firmware of most devices did not know the service. */
const FAULT = { fault: "fail iot", code: "iot.device.NotExistedDevice", share: 0.8 } as const;

/**
 * A job in three waves: most of the second one fails, until a rule stops the
 * job; the trouble is mended, the job resumed, and what had failed sent again.
 */
export async function jobInWaves(cloud: Cloud, api: ApiClient, devices: readonly NamedDevice[]) {
	// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
	const stop = [{ ...RULE, then: "pause" }];
	const command = { service: "Set", args: { temperature: 21 }, replyTimeout: 20 };
	const body = { name: "demo", targets: { devices }, command, waves: WAVES, stop };
	const { id } = (await api.post("/v1/jobs", JSON.stringify(body))) as ShownJob;
	const change = (verb: string) => api.post(`/v1/jobs/${id}/${verb}`, "");
	await until(api, id, "waiting_for_approval");
	await cloud.faults.start(FAULT);
	await change("approve");
	const stopped = await until(api, id, "paused");
	cloud.faults.end(FAULT.fault);
	await change("resume");
	await until(api, id, "completed");
	await change("retry");
	const { state, counts = {} } = await until(api, id, "completed");
	const failed = stopped.counts?.["failed"] ?? 0;
	const wave = 1 + stopped.waves.filter((one) => one.state === "completed").length;
	return {
		commands: devices.length + failed,
		state: `${counts["succeeded"] ?? 0} succeeded`,
		detail: `stopped by its rule in wave ${wave} at ${failed} failed, resumed, and those sent again`,
		asExpected:
			state === "completed" && counts["succeeded"] === devices.length && wave === 2 && failed > 0,
	};
}

async function until(api: ApiClient, id: string, state: string): Promise<ShownJob> {
	const end = Date.now() + WAIT_MS;
	for (;;) {
		const job = (await api.get(`/v1/jobs/${id}`)) as ShownJob;
		if (job.state === state) return job;
		if (Date.now() > end) throw new Error(`the job is ${job.state} (${job.reason ?? "sending"})`);
		await sleep(POLL_MS);
	}
}
