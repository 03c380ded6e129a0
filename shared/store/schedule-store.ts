import { type Schedule, scheduleSchema } from "../schedule/schedule.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { dueRows } from "./due.ts";
import { timeKey } from "./shard.ts";

/** Schedules, and when each of them is due. */
export class ScheduleStore extends DocumentStore<Schedule> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, {
			table: "schedules",
			schema: scheduleSchema,
			columns: ({ next }) => (next === undefined ? {} : { due: timeKey(next) }),
		});
		this.#table = table;
	}

	/** Schedules with a run before `until`, read again. Damaged ones are left out. */
	async *due(until: number): AsyncGenerator<Stored<Schedule>[], void, undefined> {
		for await (const rows of dueRows(this.#table, "schedules_due", until)) {
			const found = await Promise.allSettled(rows.map(({ key }) => this.get(key.at(-1) ?? "")));
			yield found.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
		}
	}
}
