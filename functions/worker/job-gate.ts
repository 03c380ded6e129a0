import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { BRAKE_MS, JobBrake } from "../../shared/job/brake.ts";
import type { JobState } from "../../shared/job/job.ts";
import { DamagedRow, orDamaged } from "../../shared/store/document-store.ts";
import type { JobStore } from "../../shared/store/job-store.ts";
import type { Stored } from "../../shared/stored.ts";
import type { WorkerDeps } from "./deps.ts";

/** A pause is noticed after this long. */
const LOOK_EVERY_MS = 100;
const MAX_JOBS = 1_000;
/** A command that was held back is looked at again after this long. */
const HOLD_MS = 15_000;
/** Longer, the longer its job is paused: a job that is resumed wakes its commands itself. */
const MAX_HOLD_MS = 600_000;
const HOLDS: ReadonlySet<JobState | undefined> = new Set<JobState>([
	"paused",
	"canceling",
	"canceled",
]);

interface Known {
	readonly brake: JobBrake;
	at: number;
	/** The latest change of a command that it was looked at for. */
	since: number;
	holds: Promise<boolean>;
	/** Set where the job's calls have reached a stop rule here. */
	brakedUntil: number;
}

/** Whether jobs send: what was made before a pause and is not sent yet stays here. */
export class JobGate {
	readonly #jobs: Pick<JobStore, "get">;
	readonly #clock: Clock;
	readonly #known = new Map<string, Known>();

	constructor(jobs: Pick<JobStore, "get">, clock: Clock) {
		this.#jobs = jobs;
		this.#clock = clock;
	}

	/**
	 * @param since when the command was last changed: a resumed job wakes its
	 *   commands, and what was known before says nothing. @throws TableError
	 */
	async holds(job: string, since: number): Promise<boolean> {
		const known = this.#known.get(job) ?? this.#begin(job);
		const now = this.#clock.now();
		const isBefore = known.at <= since && known.since < since;
		if (isBefore || now - known.at >= LOOK_EVERY_MS) {
			known.at = now;
			known.since = Math.max(known.since, since);
			known.holds = this.#look(job, known);
			known.holds.catch(() => this.#known.delete(job));
		}
		return (await known.holds) || this.#clock.now() < known.brakedUntil;
	}

	/** What became of a command's call: enough of them hold their job up at once, until its driver has counted. */
	note({ source, state }: Pick<Command, "source" | "state">): void {
		const known = source.job === undefined ? undefined : this.#known.get(source.job);
		if (known?.brake.reaches(state)) known.brakedUntil = this.#clock.now() + BRAKE_MS;
	}

	#begin(job: string): Known {
		if (this.#known.size >= MAX_JOBS) this.#known.clear();
		const at = Number.NEGATIVE_INFINITY;
		const known = {
			at,
			since: at,
			holds: Promise.resolve(false),
			brake: new JobBrake(),
			brakedUntil: 0,
		};
		this.#known.set(job, known);
		return known;
	}

	async #look(id: string, known: Known): Promise<boolean> {
		const found = await orDamaged(this.#jobs.get(id));
		// Whether one that cannot be read is paused, nobody can tell.
		if (found instanceof DamagedRow) return true;
		const job = found?.document;
		if (job && known.brake.follow(job)) known.brakedUntil = 0;
		const isBraked = this.#clock.now() < (job?.brakedUntil ?? 0);
		return isBraked || HOLDS.has(job?.state);
	}
}

/** @returns the command as it then waits, if its job sends nothing now. */
export async function holdBack(
	{ gate, commands, clock }: WorkerDeps,
	stored: Stored<Command>,
): Promise<Stored<Command> | undefined> {
	const { job } = stored.document.source;
	if (job === undefined || !(await gate.holds(job, stored.document.updatedAt))) return undefined;
	const now = clock.now();
	const held = await commands.change(stored, () => ({
		event: "hold",
		at: now,
		wakeAt: now + Math.min(MAX_HOLD_MS, Math.max(HOLD_MS, now - stored.document.createdAt)),
	}));
	return held?.stored ?? stored;
}
