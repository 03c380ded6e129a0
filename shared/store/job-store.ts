import { type Job, jobSchema } from "../job/job.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { dueRows } from "./due.ts";
import { timeKey } from "./shard.ts";

/** Jobs, and when somebody must look at each of them. */
export class JobStore extends DocumentStore<Job> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, { table: "jobs", schema: jobSchema, columns: dueColumn });
		this.#table = table;
	}

	/** Jobs that nobody has looked at in time, read again. Damaged ones are left out. */
	async *due(until: number): AsyncGenerator<Stored<Job>[], void, undefined> {
		for await (const rows of dueRows(this.#table, "jobs_due", until)) {
			const found = await Promise.allSettled(rows.map(({ key }) => this.get(key.at(-1) ?? "")));
			yield found.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
		}
	}
}

/** Not before its driver must be taken for lost. */
function dueColumn({ lookAt, driver }: Job): Readonly<Record<string, string>> {
	if (lookAt === undefined) return {};
	return { due: timeKey(Math.max(lookAt, driver?.until ?? 0)) };
}
