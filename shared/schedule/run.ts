import { type DeviceRef, deviceKey } from "../command/device.ts";
import { chanceFrom, idFrom } from "../ids.ts";
import type { Schedule } from "./schedule.ts";

/**
 * How much later than its time a run comes. It follows from the run's identity,
 * so that every tick, and the preview, find the same.
 */
export function jitterMs(
	{ id, jitterSeconds }: Pick<Schedule, "id" | "jitterSeconds">,
	at: number,
): number {
	return Math.floor(chanceFrom("jitter", id, at) * (jitterSeconds + 1)) * 1000;
}

/**
 * The id of the command that a run sends to a device: the same whoever
 * computes it, so that a run which two ticks start is stored once.
 */
export const runCommandId = (
	{ id, revision }: Pick<Schedule, "id" | "revision">,
	at: number,
	device: DeviceRef,
): string => idFrom("run", id, revision, at, deviceKey(device));
