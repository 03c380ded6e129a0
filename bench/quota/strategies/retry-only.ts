import pRetry from "p-retry";
import { fullJitter } from "../full-jitter.ts";
import type { Strategy } from "./strategy.ts";

/** p-retry with its default delays and `randomize`; only the number of retries is not limited, so that all is sent. */
export const pRetryDefaults: Strategy = {
	name: "p-retry",
	by: "p-retry, defaults with randomize",
	create: () => (_lane, call) =>
		pRetry(call, { retries: Number.POSITIVE_INFINITY, randomize: true }),
};

export const fullJitterOnly: Strategy = {
	name: "full jitter",
	by: "p-retry with full jitter from 200 ms to 10 s, no budget",
	create:
		({ clock, random }) =>
		(_lane, call) =>
			pRetry(call, {
				retries: Number.POSITIVE_INFINITY,
				minTimeout: 0,
				onFailedAttempt: ({ attemptNumber }) =>
					clock.sleep(fullJitter(attemptNumber, { baseMs: 200, capMs: 10_000 }, random)),
			}),
};
