import { hasEnded, type Job } from "../../../shared/job/job.ts";
import { type Plan, plan } from "../../../shared/job/plan.ts";
import { JobTally } from "../../../shared/store/job-tally.ts";
import type { Stored } from "../../../shared/stored.ts";
import type { Limits } from "../attempt.ts";
import type { WorkerDeps } from "../deps.ts";
import { cancelUnsent } from "./cancel.ts";
import { makeCommands } from "./make.ts";
import { extendTargets, resolveTargets } from "./resolve.ts";
import { retryCommands } from "./retry.ts";
import { wakeHeld } from "./wake-held.ts";

/** A look that is due within this time is waited for here; a later one is another invocation. */
const WAIT_HERE_MS = 2_500;
/** A driver that says nothing for so long is lost. */
const LEASE_MS = 20_000;

export interface JobResult {
	readonly job: "missing" | "held" | "rests" | "goes-on";
}

/**
 * Moves a job on, step by step, until it rests, its next step is some time
 * away, or this invocation's time is up. Of several that try, one has the
 * lease; and a step that is done twice makes the same commands.
 *
 * @throws TableError; the tick then finds the job.
 */
export async function driveJob(deps: WorkerDeps, id: string, limits: Limits): Promise<JobResult> {
	const { clock, jobs } = deps;
	const tally = new JobTally(deps.table, id);
	for (;;) {
		const read = await jobs.getReadable(id);
		if (!read) return { job: "missing" };
		const job = read.document;
		const now = clock.now();
		if (isHeld(job, limits.owner, now)) return { job: "held" };
		if (hasEnded(job) || job.lookAt === undefined) return { job: "rests" };
		const seen = await tally.look(now, job);
		const next = plan(job, seen, now, deps.capacity);
		const after = await carryOut(deps, read, next, limits);
		const lookAt = next.lookAt ?? Number.POSITIVE_INFINITY;
		const waitMs = lookAt - clock.now();
		const stays = waitMs <= WAIT_HERE_MS && clock.now() + WAIT_HERE_MS < limits.stopAt;
		const written = stays
			? leased(after, lookAt, limits.owner, clock.now())
			: released(after, next);
		const isSame = stays && after === job && holdsLong(job, limits.owner, now);
		// Changed by somebody meanwhile: what they want comes first.
		if (!isSame && !(await jobs.replace(read, written))) continue;
		if (!stays) {
			if (next.lookAt === undefined) return { job: "rests" };
			await deps.jobInvoker.drive(id, next.lookAt);
			return { job: "goes-on" };
		}
		await clock.sleep(Math.max(0, waitMs));
	}
}

/** Makes what the plan says. Only then the job's row may say that it is made. */
async function carryOut(
	deps: WorkerDeps,
	read: Stored<Job>,
	{ job: planned, make, together, retry, extend, cancelUnsent: cancels }: Plan,
	limits: Limits,
): Promise<Job> {
	const now = deps.clock.now();
	const job = planned.wakesHeld ? await wakeHeld(deps, planned) : planned;
	if (job.state === "resolving") return resolveTargets(deps, job, limits);
	if (extend) return extendTargets(deps, job);
	if (cancels) await cancelUnsent(deps, job.id);
	if (retry > 0 && job.retry) {
		const left = await retryCommands(deps, job, job.retry, retry);
		if (left === "none") return { ...job, retry: { ...job.retry, done: true }, updatedAt: now };
	}
	if (make === 0) return job;
	await makeCommands(deps, job, make, together);
	deps.log.debug("a job's commands were made", { job: read.document.id, from: job.made, make });
	return { ...job, made: job.made + make, updatedAt: now };
}

const isHeld = ({ driver }: Job, owner: string, now: number): boolean =>
	driver !== undefined && driver.owner !== owner && driver.until > now;

const holdsLong = ({ driver }: Job, owner: string, now: number): boolean =>
	driver?.owner === owner && driver.until - now > LEASE_MS / 2;

const leased = (job: Job, lookAt: number, owner: string, now: number): Job => ({
	...job,
	lookAt,
	driver: { owner, until: now + LEASE_MS },
});

function released(job: Job, { lookAt }: Plan): Job {
	const { driver: _driver, lookAt: _lookAt, ...rest } = job;
	return lookAt === undefined ? rest : { ...rest, lookAt };
}
