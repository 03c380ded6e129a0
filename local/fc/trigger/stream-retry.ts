import type { EventStreamTrigger } from "../../stack/index.ts";

/*
 * EventBridge's retry policies: BACKOFF_RETRY, 3 times, 10 to 20 s apart at
 * random; EXPONENTIAL_DECAY_RETRY, 176 times within a day, 1, 2, 4 … 512 s
 * apart (MNSTopicTriggerConfig, notifyStrategy).
 */
const BACKOFF_RETRIES = 3;
const BACKOFF_MIN_MS = 10_000;
const BACKOFF_SPREAD_MS = 10_000;
const DECAY_RETRIES = 176;
const DECAY_FIRST_MS = 1_000;
const DECAY_MAX_MS = 512_000;

/** Before the `attempt`th retry, or undefined if there is no further one. */
export function retryDelayMs(
	strategy: EventStreamTrigger["retry"],
	attempt: number,
	random: () => number,
): number | undefined {
	switch (strategy) {
		case "BACKOFF_RETRY":
			if (attempt > BACKOFF_RETRIES) return undefined;
			return Math.round(BACKOFF_MIN_MS + random() * BACKOFF_SPREAD_MS);
		case "EXPONENTIAL_DECAY_RETRY":
			if (attempt > DECAY_RETRIES) return undefined;
			return Math.min(DECAY_MAX_MS, DECAY_FIRST_MS * 2 ** (attempt - 1));
	}
}
