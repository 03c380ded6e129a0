import type { Clock } from "../../shared/clock.ts";
import type {
	Condition,
	Key,
	Range,
	RemoveCondition,
	Row,
	Table,
	TableName,
} from "../../shared/table/table.ts";
import { between } from "./random.ts";

/** A round trip to the table store within one region, in milliseconds. */
const ROUND_TRIP_MS = [4, 15] as const;
/** Writes to one row wait for one another this long each. */
const ROW_WRITE_MS = 2;

/** The table store as it costs: a round trip for every call, and a queue at every row that is written to. */
export class SimTable implements Table {
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #rows = new Map<string, Row>();
	readonly #partitions = new Map<string, Set<string>>();
	readonly #lockedUntil = new Map<string, number>();
	calls = 0;

	constructor(clock: Clock, random: () => number) {
		this.#clock = clock;
		this.#random = random;
	}

	get(table: TableName, key: Key): Promise<Row | undefined> {
		return this.#travel(() => this.#rows.get(idOf(table, key)));
	}

	put(table: TableName, row: Row, condition: Condition): Promise<boolean> {
		const id = idOf(table, row.key);
		return this.#travel(async () => {
			await this.#lock(id);
			if (!holds(condition, this.#rows.get(id))) return false;
			this.#rows.set(id, row);
			const partition = idOf(table, row.key.slice(0, 1));
			const ids = this.#partitions.get(partition);
			if (ids) ids.add(id);
			else this.#partitions.set(partition, new Set([id]));
			return true;
		});
	}

	remove(table: TableName, key: Key, condition: RemoveCondition): Promise<boolean> {
		const id = idOf(table, key);
		return this.#travel(async () => {
			await this.#lock(id);
			if (!holds(condition, this.#rows.get(id))) return false;
			this.#rows.delete(id);
			this.#partitions.get(idOf(table, key.slice(0, 1)))?.delete(id);
			return true;
		});
	}

	/** Ranges over one partition, forward. */
	range(table: TableName, { prefix, limit }: Range): Promise<Row[]> {
		return this.#travel(() =>
			[...(this.#partitions.get(idOf(table, prefix)) ?? [])]
				.sort()
				.slice(0, limit)
				.flatMap((id) => this.#rows.get(id) ?? []),
		);
	}

	async #travel<T>(act: () => T | Promise<T>): Promise<T> {
		this.calls++;
		const half = between(this.#random, ...ROUND_TRIP_MS) / 2;
		await this.#clock.sleep(half);
		const result = await act();
		await this.#clock.sleep(half);
		return result;
	}

	async #lock(id: string): Promise<void> {
		const now = this.#clock.now();
		const until = Math.max(now, this.#lockedUntil.get(id) ?? 0) + ROW_WRITE_MS;
		this.#lockedUntil.set(id, until);
		await this.#clock.sleep(until - now);
	}
}

const idOf = (table: string, key: Key): string => [table, ...key].join("\u0000");

function holds(condition: Condition, row: Row | undefined): boolean {
	switch (condition.row) {
		case "any":
			return true;
		case "absent":
			return row === undefined;
		case "present":
			return row?.columns[condition.column] === condition.equals;
	}
}
