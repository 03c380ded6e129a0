import { deviceKey } from "../../../shared/command/device.ts";
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

/** Adds the devices that have come to match since: they join the last wave. */
export async function extendTargets(deps: WorkerDeps, job: Job): Promise<Job> {
	const { found, targets } = job;
	if (!found || targets.kind === "devices") return job;
	const now = deps.clock.now();
	const { devices } = await findTargets(deps, targets, now);
	const known = await deps.jobTargets.read(found.set, 0, found.total);
	const keys = new Set(known.map(deviceKey));
	const fresh = inTurn(
		job.id,
		devices.filter((device) => !keys.has(deviceKey(device))),
	);
	const looked = { ...found, resolvedAt: now };
	if (fresh.length === 0) return { ...job, found: looked };
	await deps.jobTargets.append(job.id, found.set, found.total, fresh);
	const progress = job.progress.map((one, wave) =>
		wave === job.progress.length - 1 ? { startedAt: one.startedAt } : one,
	);
	const more = { ...looked, total: found.total + fresh.length };
	return { ...job, found: more, progress, updatedAt: now };
}
