import { ofAllWaves, type Seen, total } from "../job/counts.ts";
import type { Job } from "../job/job.ts";
import type { Table } from "../table/table.ts";
import { JobTally } from "./job-tally.ts";

/** Jobs that somebody looks at again and again. */
const MAX_JOBS = 50;

/** While a job sends, its counts are so old at the most: who asks more often is told the same. */
const GOOD_FOR_MS = 1_000;

interface Known {
	readonly tally: JobTally;
	turn: Promise<unknown>;
	last?: { readonly at: number; readonly seen: Seen };
}

/** Counts of jobs for those who ask often: what has ended for good is not read each time. */
export class JobTallies {
	readonly #table: Table;
	readonly #known = new Map<string, Known>();

	constructor(table: Table) {
		this.#table = table;
	}

	/** As the index says now. @throws TableError */
	count(job: Job, now: number): Promise<Seen> {
		const known: Known = this.#known.get(job.id) ?? {
			tally: new JobTally(this.#table, job.id),
			turn: Promise.resolve(),
		};
		this.#known.delete(job.id);
		this.#known.set(job.id, known);
		const [oldest] = this.#known.keys();
		if (this.#known.size > MAX_JOBS && oldest !== undefined) this.#known.delete(oldest);
		// One after the other: each goes on from what the one before has found.
		const next = known.turn.then(() => lately(known, job, now));
		known.turn = next.catch(() => known.tally.forget());
		return next;
	}
}

async function lately(known: Known, job: Job, now: number): Promise<Seen> {
	const { last } = known;
	if (last && job.state === "running" && now - last.at < GOOD_FOR_MS) return last.seen;
	const seen = await exact(known.tally, job, now);
	known.last = { at: now, seen };
	return seen;
}

async function exact(tally: JobTally, job: Job, now: number): Promise<Seen> {
	const seen = await tally.look(now, job, true);
	const count = total(ofAllWaves(seen));
	if (count >= job.made && count <= (job.found?.total ?? count)) return seen;
	tally.forget();
	return tally.look(now, job, true);
}
