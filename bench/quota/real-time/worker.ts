/** One instance: calls the local platform through the SDK, under the quota, until its time is up. */
import pRetry from "p-retry";
import { systemClock } from "../../../shared/clock.ts";
import { openPlatform } from "../../../shared/iot/sdk-platform.ts";
import { verdictOf } from "../../../shared/iot/verdict.ts";
import { createLog } from "../../../shared/log.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import { fullJitter } from "../../../shared/retry/full-jitter.ts";
import { openTable } from "../../../shared/table/tablestore/open.ts";
import type { WorkerResult, WorkerTask } from "./messages.ts";

const BACKOFF = { baseMs: 200, capMs: 10_000 };

async function work(task: WorkerTask): Promise<WorkerResult> {
	const base = {
		credentials: () => task.credentials,
		clock: systemClock,
		random: Math.random,
		log: createLog("warn"),
	};
	const platform = openPlatform(
		{ IOT_ENDPOINT: task.iot, FC_REGION: task.region, SYNC_TIMEOUT_SECONDS: 5 },
		base,
	);
	const table = openTable(
		{ TABLESTORE_ENDPOINT: task.tablestore, TABLESTORE_INSTANCE: task.instance },
		base,
	);
	const quota = new SharedQuota(
		{ perSecond: task.perSecond, share: 1, maxInstances: task.workers },
		{ ...base, table },
	);
	const count = { calls: 0, taken: 0, throttled: 0, otherwise: 0 };
	const call = { device: task.device, service: "Set", args: '{"param1":1}', qos: 0 } as const;
	const sendOne = () =>
		pRetry(
			async () => {
				if (!(await quota.take("bulk", task.endAt))) return;
				if (systemClock.now() >= task.endAt) return;
				count.calls++;
				const verdict = verdictOf(await platform.invokeService(call));
				quota.report("bulk", verdict === "throttled" ? verdict : "taken");
				if (verdict === "taken") count.taken++;
				else if (verdict !== "throttled") count.otherwise++;
				else {
					count.throttled++;
					throw new Error("throttled");
				}
			},
			{
				retries: Number.POSITIVE_INFINITY,
				minTimeout: 0,
				onFailedAttempt: ({ attemptNumber }) =>
					systemClock.sleep(fullJitter(attemptNumber, BACKOFF, Math.random)),
			},
		);
	await systemClock.sleep(task.startAt - systemClock.now());
	await Promise.all(
		Array.from({ length: task.inFlight }, async () => {
			while (systemClock.now() < task.endAt) await sendOne();
		}),
	);
	await quota.leave();
	return count;
}

process.once("message", async (task: WorkerTask) => {
	process.send?.(await work(task), () => process.exit(0));
});
