import type { Schedule } from "../schedule/schedule.ts";
import type { Row, Table } from "../table/table.ts";
import { type Due, DueStore } from "./due-store.ts";
import { allShards, shardOf } from "./shard.ts";

/** A schedule as it was read, with the version that a change of it must still find. */
export interface StoredSchedule {
	readonly schedule: Schedule;
	readonly version: bigint;
}

/** The wake-up of a schedule in one of its versions. */
export interface ScheduleDue {
	readonly due: Due;
	readonly scheduleId: string;
	readonly version: bigint;
}

const SCHEDULE_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
export const isScheduleId = (text: string): boolean => SCHEDULE_ID.test(text);

/**
 * Schedules, each one row that is replaced whole and only in the version that
 * was read. Before a version stands, its own wake-up does: a wake-up of an
 * older version may go whenever somebody sees it, one of a newer version
 * belongs to somebody who is about to write that version.
 */
export class ScheduleStore {
	readonly #table: Table;
	readonly #due: DueStore;

	constructor(table: Table) {
		this.#table = table;
		this.#due = new DueStore(table, "schedule");
	}

	async get(id: string): Promise<StoredSchedule | undefined> {
		if (!isScheduleId(id)) return undefined;
		const row = await this.#table.get("schedules", keyOf(id));
		return row && fromRow(row);
	}

	/** @returns undefined if there is one of that id already. */
	create(schedule: Schedule): Promise<StoredSchedule | undefined> {
		return this.#write({ schedule, version: 1n });
	}

	/** @returns undefined if somebody else changed it meanwhile: then nothing is written. */
	async replace(read: StoredSchedule, schedule: Schedule): Promise<StoredSchedule | undefined> {
		const written = await this.#write({ schedule, version: read.version + 1n }, read.version);
		if (written) await this.#forget(read);
		return written;
	}

	async remove(read: StoredSchedule): Promise<void> {
		await this.#table.remove("schedules", keyOf(read.schedule.id), { row: "any" });
		await this.#forget(read);
	}

	/** Newest first. */
	async list(limit: number, olderThan?: string): Promise<StoredSchedule[]> {
		const pages = await Promise.all(
			allShards().map((shard) =>
				this.#table.range("schedules", {
					prefix: [shard],
					...(olderThan ? { before: olderThan } : {}),
					direction: "backward",
					limit,
				}),
			),
		);
		const found = pages.flat().map(fromRow);
		return found.sort((a, b) => (a.schedule.id < b.schedule.id ? 1 : -1)).slice(0, limit);
	}

	shards(): string[] {
		return this.#due.shards();
	}

	/** Wake-ups at `until` or earlier. */
	async *due(shard: string, until: number): AsyncGenerator<ScheduleDue[]> {
		for await (const page of this.#due.due(shard, until)) {
			yield page.map((due) => {
				const [scheduleId = "", version = "0"] = due.id.split("/");
				return { due, scheduleId, version: BigInt(version) };
			});
		}
	}

	removeDue({ due }: ScheduleDue): Promise<void> {
		return this.#due.remove(due);
	}

	async #write(stored: StoredSchedule, over?: bigint): Promise<StoredSchedule | undefined> {
		const due = dueOf(stored);
		if (due) await this.#due.add(due);
		const condition =
			over === undefined
				? ({ row: "absent" } as const)
				: ({ row: "present", column: "version", equals: over } as const);
		return (await this.#table.put("schedules", toRow(stored), condition)) ? stored : undefined;
	}

	async #forget(stored: StoredSchedule): Promise<void> {
		const due = dueOf(stored);
		if (due) await this.#due.remove(due);
	}
}

function dueOf({ schedule, version }: StoredSchedule): Due | undefined {
	const { id, next } = schedule;
	return next === undefined ? undefined : { id: `${id}/${version}`, at: next };
}

const keyOf = (id: string) => [shardOf(id), id];

const toRow = ({ schedule, version }: StoredSchedule): Row => ({
	key: keyOf(schedule.id),
	columns: { version, document: JSON.stringify(schedule) },
});

function fromRow({ key, columns }: Row): StoredSchedule {
	const { version, document } = columns;
	if (typeof version !== "bigint" || typeof document !== "string") {
		throw new Error(`the row of schedule ${key[1]} has no version or no document`);
	}
	return { schedule: JSON.parse(document) as Schedule, version };
}
