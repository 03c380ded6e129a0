import { ofAllWaves, type Seen, total } from "../job/counts.ts";
import type { Job } from "../job/job.ts";
import type { Table } from "../table/table.ts";
import { JobTally } from "./job-tally.ts";

/** Jobs that somebody looks at again and again. */
const MAX_JOBS = 50;

/** Counts of jobs for those who ask often: what has ended for good is not read each time. */
export class JobTallies {
	readonly #table: Table;
	readonly #known = new Map<string, { readonly tally: JobTally; turn: Promise<unknown> }>();

	constructor(table: Table) {
		this.#table = table;
	}

	/** As the index says now. @throws TableError */
	count(job: Job, now: number): Promise<Seen> {
		const known = this.#known.get(job.id) ?? {
			tally: new JobTally(this.#table, job.id),
			turn: Promise.resolve(),
		};
		this.#known.delete(job.id);
		this.#known.set(job.id, known);
		const [oldest] = this.#known.keys();
		if (this.#known.size > MAX_JOBS && oldest !== undefined) this.#known.delete(oldest);
		// One after the other: each goes on from what the one before has found.
		const next = known.turn.then(() => exact(known.tally, job, now));
		known.turn = next.catch(() => known.tally.forget());
		return next;
	}
}

async function exact(tally: JobTally, job: Job, now: number): Promise<Seen> {
	const seen = await tally.look(now, job, true);
	const count = total(ofAllWaves(seen));
	if (count >= job.made && count <= (job.found?.total ?? count)) return seen;
	tally.forget();
	return tally.look(now, job, true);
}
