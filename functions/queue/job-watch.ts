import type { Clock } from "../../shared/clock.ts";
import type { State } from "../../shared/command/state.ts";
import { BRAKE_MS, JobBrake } from "../../shared/job/brake.ts";
import type { JobStore } from "../../shared/store/job-store.ts";
import type { LiveJob } from "../../shared/store/live-jobs.ts";

const MAX_JOBS = 100;

/** Holds a job up when the replies that come here reach one of its stop rules; its driver then decides. */
export class JobWatch {
	readonly #jobs: JobStore;
	readonly #clock: Clock;
	readonly #brakes = new Map<string, JobBrake>();

	constructor(jobs: JobStore, clock: Clock) {
		this.#jobs = jobs;
		this.#clock = clock;
	}

	/** @param state that a reply has brought one of the job's commands to. @throws TableError */
	async note(job: LiveJob, state: State): Promise<void> {
		if (job.stop.length === 0 || !job.live) return;
		const brake = this.#brakes.get(job.id) ?? new JobBrake();
		if (this.#brakes.size >= MAX_JOBS) this.#brakes.clear();
		this.#brakes.set(job.id, brake);
		brake.follow(job);
		if (brake.reaches(state)) await this.#hold(job.id);
	}

	async #hold(id: string): Promise<void> {
		for (;;) {
			const read = await this.#jobs.get(id);
			if (read?.document.state !== "running") return;
			const brakedUntil = this.#clock.now() + BRAKE_MS;
			if (await this.#jobs.replace(read, { ...read.document, brakedUntil })) return;
		}
	}
}
