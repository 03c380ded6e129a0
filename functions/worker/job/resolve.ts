import { idFrom } from "../../../shared/ids.ts";
import type { Job } from "../../../shared/job/job.ts";
import { inTurn } from "../../../shared/job/waves.ts";
import { findTargets } from "../../../shared/lifecycle/find-targets.ts";
import { QueryError } from "../../../shared/registry/query.ts";
import type { Limits } from "../attempt.ts";
import type { WorkerDeps } from "../deps.ts";

/** Finds the devices that a job is for, and gives each its turn. */
export async function resolveTargets(deps: WorkerDeps, job: Job, limits: Limits): Promise<Job> {
	if (job.targets.kind === "devices") return job;
	const now = deps.clock.now();
	try {
		const { devices } = await findTargets(deps, job.targets, now);
		// Whoever else does this at the same time may find other devices: each has a set of its own.
		const set = idFrom("found", job.id, limits.owner, now);
		const ordered = inTurn(job.id, devices);
		await deps.jobTargets.write(job.id, set, ordered);
		const found = { set, total: ordered.length, resolvedAt: now };
		return { ...job, state: "scheduled", found, updatedAt: now };
	} catch (error) {
		if (!(error instanceof QueryError)) throw error;
		const reason = `its query cannot be read: ${error.message}`;
		return { ...job, state: "canceled", reason, updatedAt: now };
	}
}
