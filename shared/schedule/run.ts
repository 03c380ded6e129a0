import { createHash } from "node:crypto";
import { ulid } from "ulid";
import { type DeviceRef, deviceKey } from "../command/device.ts";
import { commandIdOf } from "../command/id.ts";
import type { Schedule } from "./schedule.ts";

/**
 * How much later than its time a run comes. Drawn from the run's identity, so
 * that every tick, and the preview, draw the same.
 */
export function jitterMs(
	{ id, jitterSeconds }: Pick<Schedule, "id" | "jitterSeconds">,
	at: number,
): number {
	if (jitterSeconds === 0) return 0;
	return (digestOf(["jitter", id, at]).readUInt32BE(0) % (jitterSeconds + 1)) * 1000;
}

/**
 * The id of the command that a run sends to a device: the same whoever
 * computes it, so that a run which two ticks start is stored once.
 */
export function runCommandId(
	{ id, revision }: Pick<Schedule, "id" | "revision">,
	at: number,
	device: DeviceRef,
): string {
	const digest = digestOf(["run", id, revision, at, deviceKey(device)]);
	let position = 0;
	const fromDigest = () => (digest[position++ % digest.length] ?? 0) / 256;
	return commandIdOf(device, ulid(at, fromDigest));
}

const digestOf = (identity: readonly unknown[]): Buffer =>
	createHash("sha256").update(JSON.stringify(identity)).digest();
