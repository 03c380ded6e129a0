import { hasEnded, type Job, jobSchema } from "../job/job.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { dueRows } from "./due.ts";
import { allShards, timeKey } from "./shard.ts";

/** Sorts behind every time. */
const RESTS = "rests";
/** In each shard. */
const MAX_LIVE = 500;

/** Jobs, and when somebody must look at each of them. */
export class JobStore extends DocumentStore<Job> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, { table: "jobs", schema: jobSchema, columns: dueColumn });
		this.#table = table;
	}

	/** Jobs that have not ended, as far as the index knows. Damaged ones are left out. */
	async live(): Promise<Job[]> {
		const shards = await Promise.all(
			allShards().map((shard) =>
				this.#table.range("jobs_due", { prefix: [shard], direction: "forward", limit: MAX_LIVE }),
			),
		);
		const ids = shards.flat().map(({ key }) => key.at(-1) ?? "");
		const found = await Promise.allSettled(ids.map((id) => this.get(id)));
		return found.flatMap((one) =>
			one.status === "fulfilled" && one.value ? [one.value.document] : [],
		);
	}

	/** Jobs that nobody has looked at in time, read again. Damaged ones are left out. */
	async *due(until: number): AsyncGenerator<Stored<Job>[], void, undefined> {
		for await (const rows of dueRows(this.#table, "jobs_due", until)) {
			const found = await Promise.allSettled(rows.map(({ key }) => this.get(key.at(-1) ?? "")));
			yield found.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
		}
	}
}

/** Not before its driver must be taken for lost. One that waits for a person is there, too: it has not ended. */
function dueColumn(job: Job): Readonly<Record<string, string>> {
	const { lookAt, driver } = job;
	if (lookAt !== undefined) return { due: timeKey(Math.max(lookAt, driver?.until ?? 0)) };
	return hasEnded(job) ? {} : { due: RESTS };
}
