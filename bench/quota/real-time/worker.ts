/** One instance: calls the local platform under the quota until its time is up. */
import pRetry from "p-retry";
import { systemClock } from "../../../shared/clock.ts";
import { createLog } from "../../../shared/log.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import { openTable } from "../../../shared/table/tablestore/open.ts";
import { fullJitter } from "../full-jitter.ts";
import { lightCaller } from "./light-call.ts";
import type { WorkerResult, WorkerTask } from "./messages.ts";

const BACKOFF = { baseMs: 200, capMs: 10_000 };

async function work(task: WorkerTask): Promise<WorkerResult> {
	const base = {
		credentials: () => task.credentials,
		clock: systemClock,
		random: Math.random,
		log: createLog("warn"),
	};
	const call = lightCaller(task);
	const table = openTable(
		{ TABLESTORE_ENDPOINT: task.tablestore, TABLESTORE_INSTANCE: task.instance },
		base,
	);
	const quota = new SharedQuota(
		{ perSecond: task.perSecond, share: 1, maxInstances: task.workers },
		{ ...base, table },
	);
	const count = { calls: 0, taken: 0, throttled: 0, otherwise: 0 };
	const sendOne = () =>
		pRetry(
			async () => {
				if (!(await quota.take("bulk", task.endAt))) return;
				if (systemClock.now() >= task.endAt) return;
				const answer = await call();
				quota.report("bulk", answer === "throttled" ? answer : "taken");
				const now = systemClock.now();
				if (now >= task.countFrom && now < task.endAt) {
					count.calls++;
					count[answer]++;
				}
				if (answer === "throttled") throw new Error("throttled");
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
