import { type Capacity, perSecondOf, togetherOf } from "./capacity.ts";
import { ended, ofAllWaves, type Seen, total, unsent } from "./counts.ts";
import { type Counts, hasEnded, type Job, type JobRate } from "./job.ts";
import { creditAt, rateAfter } from "./rate.ts";
import { judge } from "./stop.ts";
import { presentWave, waveEnds } from "./waves.ts";
import { windowAt } from "./window.ts";

export interface Plan {
	readonly job: Job;
	/** So many devices get their commands now, from `job.made` on. */
	readonly make: number;
	/** Of these, so many may be sent together with others; the first ones. */
	readonly together: number;
	/** So many devices of the retry get another command now. */
	readonly retry: number;
	/** Devices that have come to match are to be added. */
	readonly extend: boolean;
	/** All commands that are not sent are to be canceled. */
	readonly cancelUnsent: boolean;
	/** When to look again; undefined while it rests. */
	readonly lookAt: number | undefined;
}

/** While there are devices to make, and while the end of a wave is awaited. */
const STEP_MS = 250;
/** Its stop rules are looked at this often in any case. */
const MAX_STEP_MS = 1_000;
/** What is made and not sent, at the most: it is counted with a delay. */
const MAX_BACKLOG_SECONDS = 4;
/** What was written is in the index after this time. */
const INDEX_LAG_MS = 2_000;
const MAX_WAIT_MS = 60_000;
/** A continuous job looks for more devices this often. */
const EXTEND_EVERY_MS = 60_000;
/** A wave whose devices take long is looked at less and less often: after a tenth of the time again. */
const PATIENCE = 10;

/**
 * What a job does next. The same for the one that moves it on and for the
 * forecast, which lets it run in virtual time.
 *
 * @param seen commands that exist, none of them counted twice.
 */
export function plan(read: Job, seen: Seen, now: number, capacity: Capacity): Plan {
	let job = read;
	// Each turn of the loop is one change of state; a job has few of them at a time.
	for (let turn = 0; turn < 20; turn++) {
		const next = change(job, seen, now);
		if (next === job) break;
		job = { ...next, updatedAt: now };
	}
	switch (job.state) {
		case "running":
			return run(job, seen, now, capacity);
		case "canceling":
			return {
				job,
				make: 0,
				together: 0,
				retry: 0,
				extend: false,
				cancelUnsent: true,
				lookAt: now + STEP_MS,
			};
		case "resolving":
			return rest(job, now + STEP_MS);
		case "scheduled":
			return rest(job, Math.min(scheduledUntil(job, now), job.endAt ?? Number.POSITIVE_INFINITY));
		case "soaking":
			return rest(job, Math.min(soakedAt(job), now + MAX_WAIT_MS));
		default:
			return rest(job, hasEnded(job) ? undefined : job.endAt);
	}
}

const rest = (job: Job, lookAt: number | undefined): Plan => ({
	job,
	make: 0,
	together: 0,
	retry: 0,
	extend: false,
	cancelUnsent: false,
	lookAt: lookAt === Number.POSITIVE_INFINITY ? undefined : lookAt,
});

/** The next change of state that is due, or the job itself. */
function change(job: Job, seen: Seen, now: number): Job {
	const isOver = job.endAt !== undefined && now >= job.endAt;
	switch (job.state) {
		case "scheduled": {
			if (isOver) return end(job, seen, now, "its endAt has come");
			if (scheduledUntil(job, now) > now) return job;
			return begin(job, now);
		}
		case "running":
			return runningChange(job, seen, now, isOver);
		case "soaking": {
			const stopped = stop(job, seen);
			if (stopped) return stopped;
			return isOver || now >= soakedAt(job) ? advance(job, seen, now, isOver) : job;
		}
		case "canceling":
			return isCanceled(job, seen, now) ? { ...job, state: "canceled" } : job;
		case "paused":
		case "waiting_for_approval":
			return isOver ? end(job, seen, now, "its endAt has come") : job;
		default:
			return job;
	}
}

function runningChange(job: Job, seen: Seen, now: number, isOver: boolean): Job {
	if (presentWave(job) < 0) return begin(job, now);
	const stopped = stop(job, seen);
	if (stopped) return stopped;
	const wave = presentWave(job);
	const isMade = job.made >= endOf(job, wave);
	if (!isMade && isOver) return endedIfSettled(job, seen, now);
	if (!isMade) return outsideOfWindow(job, now);
	if (job.retry && !job.retry.done) return job;
	if (!isJudged(job, seen, wave)) return job;
	// Devices may still come to match: it stays with its last wave.
	if (isOpen(job)) return isOver ? end(job, seen, now, "its endAt has come") : job;
	const present = job.progress[wave];
	const progress = job.progress.map((one, index) =>
		index === wave ? { ...one, madeAt: present?.madeAt ?? now, endedAt: now } : one,
	);
	const done = { ...job, progress };
	if (soakMs(done) > 0 && !isOver) return { ...done, state: "soaking" };
	return advance(done, seen, now, isOver);
}

/** After a wave has ended and was judged. */
function advance(job: Job, seen: Seen, now: number, isOver: boolean): Job {
	const { reason: _reason, ...going } = job;
	if (inLastWave(job)) return end(job, seen, now, undefined);
	if (isOver) return end(job, seen, now, "its endAt has come");
	if ((job.waves[presentWave(job)]?.advance ?? job.advance) === "approve") {
		const reason = `wave ${presentWave(job) + 2} of ${job.waves.length} waits for approval`;
		return { ...job, state: "waiting_for_approval", reason };
	}
	return beginWave({ ...going, state: "running" }, now);
}

export function beginWave(job: Job, now: number): Job {
	const { credit: _credit, ...kept } = job;
	return { ...kept, state: "running", progress: [...job.progress, { startedAt: now }] };
}

function begin(job: Job, now: number): Job {
	const { reason: _reason, ...going } = job;
	return presentWave(job) < 0 ? beginWave(going, now) : { ...going, state: "running" };
}

function end(job: Job, seen: Seen, now: number, why: string | undefined): Job {
	const { reason: _reason, ...done } = job;
	const left = (job.found?.total ?? 0) - job.made;
	const skipped = left > 0 ? `${left} devices had no turn` : undefined;
	const beyond = why ?? (left > 0 ? "its waves do not cover them" : undefined);
	if (why !== undefined && stillUnsent(seen) > 0)
		return { ...job, state: "canceling", reason: why };
	if (!skipped)
		return { ...done, state: "completed", updatedAt: now, ...(why ? { reason: why } : {}) };
	return { ...done, state: "completed", reason: beyond ? `${skipped}: ${beyond}` : skipped };
}

/** Its time is over: it makes no more, and waits for what it has made. */
function endedIfSettled(job: Job, seen: Seen, now: number): Job {
	return ended(ofAllWaves(seen)) >= job.made ? end(job, seen, now, "its endAt has come") : job;
}

function stop(job: Job, seen: Seen): Job | undefined {
	const verdict = judge(job.stop, ofAllWaves(seen), job.acknowledged);
	if (!verdict) return undefined;
	const { reason } = verdict;
	if (verdict.do === "cancel") return { ...job, state: "canceling", reason };
	return { ...job, state: "paused", pausedIn: job.state, reason };
}

function outsideOfWindow(job: Job, now: number): Job {
	if (!job.window) return job;
	const opening = windowAt(job.window, now);
	return opening.open ? job : { ...job, state: "scheduled", reason: "outside of its window" };
}

/** When a scheduled job begins, or goes on. */
function scheduledUntil({ startAt, window }: Job, now: number): number {
	const start = Math.max(startAt ?? now, now);
	if (!window) return start;
	const opening = windowAt(window, start);
	return opening.open ? start : (opening.opensAt ?? Number.POSITIVE_INFINITY);
}

/** Nothing is left to cancel, and what was made last has come into the index. */
const isCanceled = (job: Job, seen: Seen, now: number): boolean =>
	stillUnsent(seen) === 0 &&
	total(ofAllWaves(seen)) >= job.made &&
	(job.made === 0 || now - job.updatedAt >= INDEX_LAG_MS);

const soakedAt = (job: Job): number => (job.progress.at(-1)?.endedAt ?? 0) + soakMs(job);

const soakMs = (job: Job): number =>
	(job.waves[presentWave(job)]?.soakSeconds ?? job.soakSeconds) * 1000;

/** Looks for more devices once its last wave has begun. */
const isOpen = (job: Job): boolean => job.membership === "continuous" && inLastWave(job);

const inLastWave = (job: Job): boolean => presentWave(job) >= job.waves.length - 1;

/** All that were made have ended, or so many of the wave have succeeded as it asks for. */
function isJudged(job: Job, seen: Seen, wave: number): boolean {
	const percent = job.waves[wave]?.succeeded;
	const size = endOf(job, wave) - endOf(job, wave - 1);
	const succeeded = seen.get(wave)?.succeeded ?? 0;
	if (percent !== undefined && !inLastWave(job) && succeeded * 100 >= percent * size) return true;
	return ended(ofAllWaves(seen)) >= job.made;
}

const stillUnsent = (seen: Seen): number => {
	const counts = ofAllWaves(seen);
	return unsent(counts) + (counts.waiting ?? 0);
};

const endOf = (job: Job, wave: number): number =>
	waveEnds(job.waves, job.found?.total ?? 0)[wave] ?? 0;

function run(job: Job, seen: Seen, now: number, capacity: Capacity): Plan {
	const counts = ofAllWaves(seen);
	const isOver = job.endAt !== undefined && now >= job.endAt;
	const retries = job.retry !== undefined && !job.retry.done;
	const left = isOver ? 0 : endOf(job, presentWave(job)) - job.made;
	if (left <= 0 && !retries) {
		const extend = isOpen(job) && now - (job.found?.resolvedAt ?? 0) >= EXTEND_EVERY_MS;
		return { ...rest(made(job, now), now + waitFor(job, now)), extend };
	}
	// Commands that were just made may not be seen yet: they are unsent, too.
	const backlog = Math.max(0, job.made - total(counts) + unsent(counts));
	const perSecond = perSecondOf(job, capacity);
	const rate = job.rate ?? { perSecond };
	// Without a rate of its own, a job begins with what one step is worth.
	const before = job.credit ?? (job.rate ? undefined : { at: now - STEP_MS, devices: 0 });
	const credit = creditAt(rate, counts.succeeded ?? 0, before, now);
	const room = Math.max(0, Math.ceil(MAX_BACKLOG_SECONDS * perSecond) - backlog);
	const most = Math.min(room, Math.floor(credit.devices));
	const next = retries ? { make: 0, retry: most } : { make: Math.min(left, most), retry: 0 };
	const spent = next.make + next.retry;
	return {
		...next,
		together: togetherOf(job, next.make, left, capacity),
		job: { ...job, credit: { ...credit, devices: credit.devices - spent } },
		extend: false,
		cancelUnsent: false,
		lookAt:
			now + (job.rate && credit ? untilNext(job.rate, counts, credit.devices - spent) : STEP_MS),
	};
}

/** When the rate lets the next device have its turn. */
function untilNext(rate: JobRate, { succeeded = 0 }: Counts, left: number): number {
	const waitMs = (Math.max(0, 1 - left) / rateAfter(rate, succeeded)) * 1000;
	return Math.min(MAX_STEP_MS, Math.max(STEP_MS, Math.ceil(waitMs)));
}

/** Its present wave is made as a whole. */
function made(job: Job, now: number): Job {
	const present = job.progress.at(-1);
	if (!present || present.madeAt !== undefined) return job;
	return { ...job, progress: [...job.progress.slice(0, -1), { ...present, madeAt: now }] };
}

/** While the devices of a wave are awaited. */
function waitFor(job: Job, now: number): number {
	const since = job.progress.at(-1)?.madeAt ?? now;
	// Whole: keys sort by its digits.
	return Math.min(MAX_WAIT_MS, Math.max(STEP_MS, Math.ceil((now - since) / PATIENCE)));
}
