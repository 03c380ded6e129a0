import { DefaultRateLimiter } from "@smithy/util-retry";
import pRetry from "p-retry";
import type { Strategy } from "./strategy.ts";

/** As the AWS SDK's retry mode "adaptive": its own rate limiter in each instance, and its back-off for throttled calls. */
const THROTTLED_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

export const awsAdaptive: Strategy = {
	name: "AWS adaptive",
	by: "DefaultRateLimiter of @smithy/util-retry",
	create({ clock, random }) {
		const limiter = new DefaultRateLimiter();
		return (_lane, call) =>
			pRetry(
				async () => {
					await limiter.getSendToken();
					try {
						await call();
						limiter.updateClientSendingRate({});
					} catch (error) {
						limiter.updateClientSendingRate({ errorType: "THROTTLING" });
						throw error;
					}
				},
				{
					retries: Number.POSITIVE_INFINITY,
					minTimeout: 0,
					onFailedAttempt: ({ attemptNumber }) =>
						clock.sleep(
							Math.min(MAX_DELAY_MS, random() * THROTTLED_DELAY_MS * 2 ** (attemptNumber - 1)),
						),
				},
			);
	},
};
