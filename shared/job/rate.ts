import type { JobRate } from "./job.ts";

/** Devices a second that the rate allows once so many have succeeded. */
export function rateAfter({ perSecond, growth }: JobRate, succeeded: number): number {
	if (!growth) return perSecond;
	const steps = Math.floor(succeeded / growth.everySucceeded);
	return Math.min(growth.max, perSecond * growth.factor ** steps);
}

export interface Credit {
	readonly at: number;
	readonly devices: number;
}

/**
 * What may be made at once: what has come in since the last look, but never
 * more than a second's worth (or one device, at rates below one a second).
 */
export function creditAt(
	rate: JobRate,
	succeeded: number,
	before: Credit | undefined,
	now: number,
): Credit {
	const perSecond = rateAfter(rate, succeeded);
	const most = Math.max(1, perSecond);
	if (!before) return { at: now, devices: Math.min(most, 1) };
	const income = (Math.max(0, now - before.at) / 1000) * perSecond;
	return { at: Math.max(now, before.at), devices: Math.min(most, before.devices + income) };
}
