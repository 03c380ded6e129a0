import type { Quota, Usage } from "../../../../client/src/index.ts";

/** One look at the quota. */
export interface Sample {
	/** Seconds since the epoch. */
	readonly at: number;
	readonly lanes: Quota["lastMinute"]["lanes"];
	readonly rate: number | null;
}

const HOUR_SECONDS = 3_600;
const MINUTE_SECONDS = 60;

/** The samples with one more, and without what is older than an hour. */
export function withSample(
	samples: readonly Sample[],
	quota: Quota,
	nowMs: number,
): readonly Sample[] {
	const at = Math.round(nowMs / 1000);
	const { lanes } = quota.lastMinute;
	const kept = samples.filter((sample) => sample.at > at - HOUR_SECONDS && sample.at < at);
	const sample = { at, lanes, rate: quota.rate };
	// It tells of the whole minute before it.
	return kept.length > 0 ? [...kept, sample] : [{ ...sample, at: at - MINUTE_SECONDS }, sample];
}

/** Calls a second, of what was counted in a minute. */
const perSecond = (calls: number): number => Math.round((calls / MINUTE_SECONDS) * 10) / 10;

/** Curves of one lane: granted, used, throttled. */
export function curvesOf(samples: readonly Sample[], lane: keyof Sample["lanes"]): number[][] {
	const curve = (of: keyof Usage) => samples.map(({ lanes }) => perSecond(lanes[lane][of]));
	return [samples.map(({ at }) => at), curve("granted"), curve("used"), curve("throttled")];
}
