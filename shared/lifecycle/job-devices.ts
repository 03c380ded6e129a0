import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { State } from "../command/state.ts";
import { stateOfUnmade } from "../job/counts.ts";
import type { Job, TargetDevice } from "../job/job.ts";
import { jobCommandId } from "../job/waves.ts";
import type { CommandStore } from "../store/command-store.ts";
import { DamagedRow, orDamaged } from "../store/document-store.ts";
import type { JobTargetStore } from "../store/job-target-store.ts";

export interface JobDevicesDeps {
	readonly commands: CommandStore;
	readonly jobTargets: JobTargetStore;
}

/** A device of a job, and its command where it has one. */
export interface JobDevice {
	readonly device: TargetDevice;
	readonly state: State;
	readonly command?: Command;
	/** Why its command cannot be read: nobody knows its state either. */
	readonly damaged?: DamagedRow;
}

/** No retry begins more rounds than this. */
const MAX_ROUNDS = 1_000;

/**
 * Devices in the order of their turns, each once, whatever is sent meanwhile.
 * @param from place of the first; `count` of them, fewer at the end.
 */
export async function jobDevices(
	deps: JobDevicesDeps,
	job: Job,
	from: number,
	count: number,
	now: number,
): Promise<JobDevice[]> {
	const { found } = job;
	if (!found || from >= found.total) return [];
	const devices = await deps.jobTargets.read(found.set, from, Math.min(found.total, from + count));
	return Promise.all(devices.map((device) => withCommand(deps, job, device, now)));
}

async function withCommand(
	{ commands }: JobDevicesDeps,
	job: Job,
	device: TargetDevice,
	now: number,
): Promise<JobDevice> {
	let id = jobCommandId(job.id, deviceKey(device));
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const read = await orDamaged(commands.get(id));
		if (read instanceof DamagedRow) return { device, state: "unknown", damaged: read };
		const command = read?.document;
		// Its successor is about to be stored: it has its turn once more.
		if (!command) return { device, state: round === 0 ? stateOfUnmade(job, now) : "waiting" };
		if (command.supersededBy === undefined) return { device, state: command.state, command };
		id = command.supersededBy;
	}
	throw new Error(`device ${deviceKey(device)} of job ${job.id} has too many commands`);
}
