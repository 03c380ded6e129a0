import type { State } from "../command/state.ts";
import { ofAllWaves, type Seen } from "./counts.ts";
import { hasEnded, type Job } from "./job.ts";
import { beginWave } from "./plan.ts";

export const JOB_VERBS = ["approve", "pause", "resume", "cancel", "retry"] as const;
export type JobVerb = (typeof JOB_VERBS)[number];

export type Changed =
	| { readonly ok: true; readonly job: Job }
	/** Why its state does not allow that. */
	| { readonly ok: false; readonly reason: string };

/** What a person does to a job. */
export function changeJob(
	job: Job,
	verb: JobVerb,
	seen: Seen,
	now: number,
	states: readonly State[] = RETRIED,
): Changed {
	const changed = VERBS[verb](job, seen, now, states);
	return typeof changed === "string"
		? { ok: false, reason: changed }
		: { ok: true, job: changed === job ? job : { ...changed, updatedAt: now, lookAt: now } };
}

/** What a retry is for where nothing else is said: the device certainly did not do it, or said so. */
const RETRIED: readonly State[] = ["failed", "timed_out", "expired"];

type Change = (job: Job, seen: Seen, now: number, states: readonly State[]) => Job | string;

const VERBS: Readonly<Record<JobVerb, Change>> = {
	approve(job, _seen, now) {
		if (job.state !== "waiting_for_approval")
			return `it is ${job.state}, and waits for no approval`;
		const { reason: _reason, ...going } = job;
		return beginWave(going, now);
	},
	pause(job) {
		if (job.state === "paused") return job;
		if (hasEnded(job) || job.state === "canceling") return `it is ${job.state}`;
		return { ...job, state: "paused", pausedIn: job.state, reason: "paused by request" };
	},
	resume(job, seen) {
		if (job.state !== "paused") return hasEnded(job) ? `it is ${job.state}` : job;
		const { reason: _reason, pausedIn = "running", credit: _credit, ...rest } = job;
		const { brakedUntil: _brakedUntil, ...going } = rest;
		return { ...going, state: pausedIn, wakesHeld: true, acknowledged: ofAllWaves(seen) };
	},
	cancel(job) {
		if (job.state === "canceled" || job.state === "canceling") return job;
		if (hasEnded(job)) return `it is ${job.state}`;
		return { ...job, state: "canceling", reason: "canceled by request" };
	},
	retry(job, seen, now, states) {
		if (!job.found || job.state === "canceling") return `it is ${job.state}`;
		if (job.retry && !job.retry.done) return "its last retry is not finished";
		const { reason: _reason, pausedIn: _pausedIn, credit: _credit, ...going } = job;
		const round = (job.retry?.round ?? 0) + 1;
		return {
			...going,
			state: "running",
			acknowledged: ofAllWaves(seen),
			retry: { round, states, startedAt: now, done: false },
		};
	},
};
