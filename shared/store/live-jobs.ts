import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import { type Counts, hasEnded, type Job } from "../job/job.ts";
import { jobCommandId } from "../job/waves.ts";
import type { Stored } from "../stored.ts";
import type { CommandStore } from "./command-store.ts";
import { DamagedRow } from "./document-store.ts";
import type { JobStore } from "./job-store.ts";

/** As much of a job as leads from a device to its command. */
export interface LiveJob {
	readonly id: string;
	readonly service: string;
	/** Of retries: the last one. */
	readonly round: number;
	/** It sends, or may go on sending. */
	readonly live: boolean;
	readonly stop: Job["stop"];
	readonly acknowledged?: Counts;
}

/** A job that ended lately: replies may still come. */
const LATE_REPLY_MS = 600_000;
/** What is known is good for so long, unless something is missing in it. */
const GOOD_FOR_MS = 1_000;
/** Between two readings, whatever is missing. */
const EVERY_MS = 250;
/** Jobs that are older and still live are looked for this often. */
const OLDER_EVERY_MS = 10_000;
const NEWEST = 20;

/** The jobs that may be waiting for replies, as this instance knows them. Those who need them at once share one reading. */
export class LiveJobs {
	readonly #jobs: JobStore;
	readonly #clock: Clock;
	#known: readonly LiveJob[] = [];
	#older: readonly Job[] = [];
	#readAt = Number.NEGATIVE_INFINITY;
	#olderAt = Number.NEGATIVE_INFINITY;
	#reading: Promise<void> | undefined;

	constructor(jobs: JobStore, clock: Clock) {
		this.#jobs = jobs;
		this.#clock = clock;
	}

	/** What is known, however old it is: no question is asked. */
	known(service: string | undefined): readonly LiveJob[] {
		return this.#of(service);
	}

	/**
	 * All that were there at a time.
	 * @param since milliseconds since the epoch; absent: what was read lately will do. @throws TableError
	 */
	async all(service: string | undefined, since?: number): Promise<readonly LiveJob[]> {
		const wanted = since ?? this.#clock.now() - GOOD_FOR_MS;
		while (this.#readAt < wanted) {
			this.#reading ??= this.#read().finally(() => {
				this.#reading = undefined;
			});
			await this.#reading;
		}
		return this.#of(service);
	}

	#of(service: string | undefined): readonly LiveJob[] {
		return this.#known.filter((job) => service === undefined || job.service === service);
	}

	async #read(): Promise<void> {
		const clock = this.#clock;
		const early = this.#readAt + EVERY_MS - clock.now();
		if (early > 0) await clock.sleep(early);
		const now = clock.now();
		if (now - this.#olderAt >= OLDER_EVERY_MS) {
			this.#older = await this.#jobs.live();
			this.#olderAt = now;
		}
		const newest = (await this.#jobs.list(NEWEST)).flatMap((one) =>
			one instanceof DamagedRow ? [] : one.document,
		);
		const jobs = new Map([...this.#older, ...newest].map((job) => [job.id, job]));
		this.#known = [...jobs.values()].flatMap((job) => liveJob(job, now)).sort(newestFirst);
		this.#readAt = now;
	}
}

function liveJob(job: Job, now: number): LiveJob[] {
	const live = !hasEnded(job);
	if (!live && now - job.updatedAt > LATE_REPLY_MS) return [];
	const { id, command, retry, stop, acknowledged } = job;
	const facts = acknowledged ? { stop, acknowledged } : { stop };
	return [{ id, service: command.service, round: retry?.round ?? 0, live, ...facts }];
}

const newestFirst = (a: LiveJob, b: LiveJob): number => (a.id < b.id ? 1 : -1);

/** The device's command of a job: the one of the last round that it has. */
export async function commandOf(
	commands: CommandStore,
	{ id, round }: LiveJob,
	key: string,
): Promise<Stored<Command> | undefined> {
	for (let at = round; at >= 0; at--) {
		const stored = await commands.getReadable(jobCommandId(id, key, at));
		if (stored && deviceKey(stored.document.device) === key) return stored;
	}
	return undefined;
}
