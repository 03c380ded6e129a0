import type { Job } from "./job.ts";
import { presentWave } from "./waves.ts";

/** What the account can do in a second, in devices: what is made ahead of its turn is a second's worth. */
export interface Capacity {
	/** One call of InvokeThingService each. */
	readonly alonePerSecond: number;
	/** In calls of InvokeThingsService; 0 where it is not used. */
	readonly togetherPerSecond: number;
	/** Messages that the platform forwards; beyond it, replies are lost (IoT Platform, "Limits"). */
	readonly repliesPerSecond: number;
}

/** Fewer devices than this are sent to one by one: each reply is told apart. */
const FEW = 200;

/** A call for fewer devices is not worth it: there are ten of them in a second. */
const MIN_TOGETHER = 20;

export const capacityOf = (settings: {
	readonly QUOTA_PER_SECOND: number;
	readonly QUOTA_SHARE: number;
	readonly BATCH_CALLS_PER_SECOND: number;
	readonly BATCH_DEVICES: number;
	readonly UPLINK_PER_SECOND: number;
}): Capacity => ({
	alonePerSecond: settings.QUOTA_PER_SECOND * settings.QUOTA_SHARE,
	togetherPerSecond:
		settings.BATCH_DEVICES > 1
			? settings.BATCH_CALLS_PER_SECOND * settings.BATCH_DEVICES * settings.QUOTA_SHARE
			: 0,
	repliesPerSecond: settings.UPLINK_PER_SECOND,
});

/** Whether devices of the present wave may be sent to together: not those of the waves that try it out. */
function goTogether(job: Job): boolean {
	const { args, argsForm, qos, order } = job.command;
	const perDevice = argsForm === "json" && args.includes("{%");
	return presentWave(job) === job.waves.length - 1 && !perDevice && qos === 0 && !order;
}

/** Devices a second that this job may be sent to now. */
export function perSecondOf(job: Job, capacity: Capacity): number {
	const { alonePerSecond, togetherPerSecond, repliesPerSecond } = capacity;
	const calls = goTogether(job) ? alonePerSecond + togetherPerSecond : alonePerSecond;
	return Math.min(calls, repliesPerSecond);
}

/**
 * Of the devices that are made now, how many are sent to together: what the
 * calls for one device leave, in such parts that both end at the same time.
 */
export function togetherOf(job: Job, make: number, left: number, capacity: Capacity): number {
	if (!goTogether(job) || left < FEW || make === 0) return 0;
	const { alonePerSecond, togetherPerSecond } = capacity;
	const part = Math.round((make * togetherPerSecond) / (alonePerSecond + togetherPerSecond));
	return part < MIN_TOGETHER ? 0 : part;
}
