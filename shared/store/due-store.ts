import type { Key, Table } from "../table/table.ts";
import { allShards, shardOf } from "./shard.ts";

/** Whose wake-ups these are: each kind is swept on its own. */
export type DueKind = "command" | "schedule";

/** Somebody must look at this command, or schedule, at this time. */
export interface Due {
	readonly id: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
}

/** Digits of a time in a key: enough until the year 33658, and texts sort like numbers. */
const TIME_DIGITS = 15;

/**
 * Wake-ups. The rule that keeps commands from being lost: a due row stands
 * before the command row that needs it, and goes only after the command needs
 * none, or has a later one.
 */
export class DueStore {
	readonly #table: Table;
	readonly #kind: DueKind;

	constructor(table: Table, kind: DueKind = "command") {
		this.#table = table;
		this.#kind = kind;
	}

	async add(due: Due): Promise<void> {
		await this.#table.put("due", { key: this.#keyOf(due), columns: {} }, { row: "any" });
	}

	async remove(due: Due): Promise<void> {
		await this.#table.remove("due", this.#keyOf(due), { row: "any" });
	}

	/** Wake-ups due at `now` or earlier, the oldest first within each of `shards()`. */
	async *due(shard: string, now: number, pageSize = 100): AsyncGenerator<Due[]> {
		let after: Key | undefined;
		for (;;) {
			const rows = await this.#table.range("due", {
				prefix: [shard],
				before: timeText(now + 1),
				...(after ? { after } : {}),
				direction: "forward",
				limit: pageSize,
			});
			if (rows.length > 0) yield rows.map(({ key }) => ({ at: Number(key[1]), id: key[2] ?? "" }));
			if (rows.length < pageSize) return;
			after = rows.at(-1)?.key;
		}
	}

	shards(): string[] {
		return allShards().map((shard) => `${this.#kind}#${shard}`);
	}

	#keyOf({ id, at }: Due): Key {
		return [`${this.#kind}#${shardOf(id)}`, timeText(at), id];
	}
}

const timeText = (ms: number): string => String(ms).padStart(TIME_DIGITS, "0");
