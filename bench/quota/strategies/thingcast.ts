import pRetry from "p-retry";
import { createLog } from "../../../shared/log.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import { fullJitter } from "../full-jitter.ts";
import { type Strategy, Throttled } from "./strategy.ts";

/** As functions/worker does: the quota first, p-retry for what is throttled all the same. */
export const thingcast: Strategy = {
	name: "thingcast",
	by: "shared/quota and p-retry",
	usesTable: true,
	create({ clock, random, table, perSecond, instances }) {
		const quota = new SharedQuota(
			{ perSecond, share: 1, maxInstances: instances },
			{ table, clock, random, log: createLog("warn") },
		);
		return (lane, call) =>
			pRetry(
				async () => {
					await quota.take(lane, Number.POSITIVE_INFINITY);
					try {
						await call();
						quota.report(lane, "taken");
					} catch (error) {
						if (error instanceof Throttled) quota.report(lane, "throttled");
						throw error;
					}
				},
				{
					retries: Number.POSITIVE_INFINITY,
					minTimeout: 0,
					onFailedAttempt: ({ attemptNumber }) =>
						clock.sleep(fullJitter(attemptNumber, { baseMs: 200, capMs: 10_000 }, random)),
				},
			);
	},
};
