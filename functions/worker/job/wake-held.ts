import type { Command } from "../../../shared/command/command.ts";
import type { Job } from "../../../shared/job/job.ts";
import { jobCommandIds } from "../../../shared/store/job-commands.ts";
import type { WorkerDeps } from "../deps.ts";

/** Sends at once what was held back while the job was paused. @returns the job that has done so */
export async function wakeHeld(deps: WorkerDeps, job: Job): Promise<Job> {
	const { wakesHeld: _wakesHeld, ...rest } = job;
	for await (const ids of jobCommandIds(deps.table, job.id, ({ state }) => state === "waiting")) {
		const woken = await Promise.all(
			ids.map(async (id) => {
				const at = deps.clock.now();
				const changed = await deps.commands.change(id, (found) =>
					isHeld(found) ? { event: "wake", at, wakeAt: at } : undefined,
				);
				return changed?.moved ? [changed.stored] : [];
			}),
		);
		const commands = woken.flat();
		if (commands.length > 0) await deps.worker.wake(commands);
	}
	return rest;
}

/** By the job alone: not by its device, its turn or a trouble that is to pass. */
const isHeld = ({ state, parked, error, after }: Command): boolean =>
	state === "waiting" && !parked && !error && !after;
