import type { Clock } from "../clock.ts";
import type { JobInvoker } from "../fc/job-invoker.ts";
import { idFrom } from "../ids.ts";
import type { Job, JobDefinition, TargetDevice } from "../job/job.ts";
import { inTurn } from "../job/waves.ts";
import type { JobStore } from "../store/job-store.ts";
import type { JobTargetStore } from "../store/job-target-store.ts";
import type { Stored } from "../stored.ts";

export interface StartJobDeps {
	readonly jobs: JobStore;
	readonly jobTargets: JobTargetStore;
	readonly jobInvoker: JobInvoker;
	readonly clock: Clock;
}

/**
 * Stores a job and has it moved on. Durable when it returns; begun again with
 * the same id, it is the same job.
 *
 * @param devices of targets that are listed.
 */
export async function startJob(
	deps: StartJobDeps,
	id: string,
	definition: JobDefinition,
	devices: readonly TargetDevice[],
	by?: string,
): Promise<Stored<Job>> {
	const known = await deps.jobs.get(id);
	if (known) return known;
	const now = deps.clock.now();
	const job = newJob(id, definition, now, by);
	// Before the job that names them: what is cut off in between is nobody's, and found again by the same id.
	const found = definition.targets.kind === "devices" && (await store(deps, id, devices, now));
	const stored =
		(await deps.jobs.create(found ? { ...job, state: "scheduled", found } : job)) ??
		(await deps.jobs.get(id));
	if (!stored) throw new Error(`job ${id} is neither new nor there`);
	await deps.jobInvoker.drive(id, now);
	return stored;
}

/** A job as it is before its devices are known. */
export const newJob = (
	id: string,
	definition: JobDefinition,
	now: number,
	by: string | undefined,
): Job => ({
	...definition,
	id,
	...(by === undefined ? {} : { by }),
	createdAt: now,
	updatedAt: now,
	state: "resolving",
	made: 0,
	progress: [],
	lookAt: now,
});

async function store(
	{ jobTargets }: StartJobDeps,
	id: string,
	devices: readonly TargetDevice[],
	now: number,
): Promise<NonNullable<Job["found"]>> {
	const set = idFrom("listed", id);
	const ordered = inTurn(id, devices);
	await jobTargets.write(id, set, ordered);
	return { set, total: ordered.length, resolvedAt: now };
}
