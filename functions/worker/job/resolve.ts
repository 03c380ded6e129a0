import type { Job } from "../../../shared/job/job.ts";
import type { Limits } from "../attempt.ts";
import type { WorkerDeps } from "../deps.ts";

/** Finds the devices that a job is for. */
export async function resolveTargets(_deps: WorkerDeps, job: Job, _limits: Limits): Promise<Job> {
	return job;
}
