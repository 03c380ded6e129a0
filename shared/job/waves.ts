import { deviceKey } from "../command/device.ts";
import { idFrom } from "../ids.ts";
import type { Job, TargetDevice, Wave } from "./job.ts";

/**
 * Devices in the order of their turns, each once. The order is that of a hash
 * of job and device: whoever resolves the same devices again finds each in the
 * same wave, and no device is always among the first.
 */
export function inTurn(jobId: string, devices: readonly TargetDevice[]): TargetDevice[] {
	const keyed = new Map(devices.map((device) => [deviceKey(device), device]));
	return [...keyed]
		.map(([key, device]) => ({ rank: idFrom("turn", jobId, key), device }))
		.sort((a, b) => (a.rank < b.rank ? -1 : 1))
		.map(({ device }) => device);
}

/** Of `total` devices, how many had their turn at the end of each wave; never fewer than at the one before. */
export function waveEnds(waves: readonly Wave[], total: number): number[] {
	let before = 0;
	return waves.map((wave) => {
		const size = "count" in wave ? wave.count : Math.ceil((wave.percent / 100) * total - 1e-9);
		before = Math.min(total, Math.max(before, size));
		return before;
	});
}

/** The device's command: one for each round, of which retries begin another one. */
export const jobCommandId = (jobId: string, key: string, round = 0): string =>
	round === 0 ? idFrom("job", jobId, key) : idFrom("job", jobId, key, round);

/** The wave that has its turn now, counted from 0; -1 before the first. */
export const presentWave = ({ progress }: Pick<Job, "progress">): number => progress.length - 1;
