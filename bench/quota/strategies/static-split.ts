import Bottleneck from "bottleneck";
import pRetry from "p-retry";
import { fullJitter } from "../full-jitter.ts";
import type { Strategy, Surroundings } from "./strategy.ts";

/** Each instance has its fixed part of the limit, evenly spaced. */
export const staticSplit: Strategy = {
	name: "static split",
	by: "a fixed interval in each instance",
	create: (surroundings) => {
		const { clock, perSecond, instances } = surroundings;
		const intervalMs = (1000 * instances) / perSecond;
		let next = clock.now() + surroundings.random() * intervalMs;
		return (_lane, call) =>
			retried(surroundings, async () => {
				const now = clock.now();
				const at = Math.max(now, next);
				next = at + intervalMs;
				await clock.sleep(at - now);
				await call();
			});
	},
};

/** Enough for an instance's part; without a limit bottleneck queues nothing that its priorities could order. */
const MAX_CONCURRENT = 4;

/** Bottleneck without its Redis: each instance keeps the interval of its fixed part. */
export const bottleneck: Strategy = {
	name: "bottleneck",
	by: "bottleneck, minTime for each instance's part, priorities (one seed: it is slow to simulate)",
	maxSeeds: 1,
	create: (surroundings) => {
		const { perSecond, instances } = surroundings;
		const limiter = new Bottleneck({
			minTime: (1000 * instances) / perSecond,
			maxConcurrent: MAX_CONCURRENT,
		});
		return (lane, call) =>
			retried(surroundings, () =>
				limiter.schedule({ priority: lane === "interactive" ? 0 : 5 }, call),
			);
	},
};

function retried({ clock, random }: Surroundings, act: () => Promise<void>): Promise<void> {
	return pRetry(act, {
		retries: Number.POSITIVE_INFINITY,
		minTimeout: 0,
		onFailedAttempt: ({ attemptNumber }) =>
			clock.sleep(fullJitter(attemptNumber, { baseMs: 200, capMs: 10_000 }, random)),
	});
}
