import { STATES, type State } from "../command/state.ts";
import { add, ended, type Seen, total } from "../job/counts.ts";
import type { Counts } from "../job/job.ts";
import type { Row, Table } from "../table/table.ts";
import { SUPERSEDED } from "./command-store.ts";
import { timeKey } from "./shard.ts";

/** Commands of about the same age are looked at together. */
const BLOCK_ROWS = 500;
/** What is being made is looked at this often, and what was made after so long. */
const OPEN_LOOK_MS = 500;
const FIRST_LOOK_MS = 2_000;
/** A block whose commands take long is looked at less often: after a tenth of its age again. */
const PATIENCE = 10;
const NO_END = "~";

/** Commands whose age keys lie from `from` (included) to `before`. */
interface Block {
	readonly from: string;
	before: string;
	openedAt: number;
	readAt: number;
	counts: Map<number, Counts>;
	/** All have ended: they are not looked at again. */
	settled: boolean;
}

/**
 * The states of a job's commands, read from the index: each row of it is one
 * command, so nothing is counted twice. The index lags a little behind; what
 * is not in it yet is missing here, and found by the next look.
 */
export class JobTally {
	readonly #table: Table;
	readonly #job: string;
	#blocks: Block[] = [];

	constructor(table: Table, job: string) {
		this.#table = table;
		this.#job = job;
	}

	/** Reads again what may have changed. @throws TableError */
	async look(now: number): Promise<Seen> {
		if (this.#blocks.length === 0)
			this.#blocks.push(block(timeKey(0), NO_END, now, Number.NEGATIVE_INFINITY));
		const due = this.#blocks.filter((one) => !one.settled && now >= nextLook(one));
		await Promise.all(due.map((one) => this.#read(one, now)));
		return this.seen();
	}

	/** Forgets everything: late replies may have changed what had ended, and rows may have come late. */
	forget(): void {
		this.#blocks = [];
	}

	seen(): Seen {
		const seen = new Map<number, Counts>();
		for (const { counts } of this.#blocks) {
			for (const [wave, some] of counts) seen.set(wave, add(seen.get(wave) ?? {}, some));
		}
		return seen;
	}

	async #read(one: Block, now: number): Promise<void> {
		const rows = await this.#table.range("commands_by_group", {
			prefix: [this.#job],
			from: one.from,
			before: one.before,
			direction: "forward",
			limit: Number.MAX_SAFE_INTEGER,
		});
		const isLast = one.before === NO_END;
		one.readAt = now;
		if (!isLast || rows.length <= BLOCK_ROWS) {
			one.counts = count(rows);
			one.settled = !isLast && allEnded(one.counts);
			return;
		}
		this.#blocks.pop();
		this.#blocks.push(...inBlocks(rows, one.from, now));
	}
}

function nextLook({ before, readAt, openedAt }: Block): number {
	if (before === NO_END) return readAt + OPEN_LOOK_MS;
	return readAt + Math.max(FIRST_LOOK_MS, (readAt - openedAt) / PATIENCE);
}

/** The last of them is open: what is made from now on falls into it. */
function inBlocks(rows: readonly Row[], from: string, now: number): Block[] {
	const blocks: Block[] = [];
	let start = from;
	for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
		const part = rows.slice(at, at + BLOCK_ROWS);
		const next = rows[at + BLOCK_ROWS]?.key[1];
		const one = block(start, next ?? NO_END, now);
		one.counts = count(part);
		one.settled = next !== undefined && allEnded(one.counts);
		blocks.push(one);
		if (next !== undefined) start = next;
	}
	return blocks;
}

const block = (from: string, before: string, now: number, readAt = now): Block => ({
	from,
	before,
	openedAt: now,
	readAt,
	counts: new Map(),
	settled: false,
});

function count(rows: readonly Row[]): Map<number, Counts> {
	const counts = new Map<number, Partial<Record<State, number>>>();
	for (const { columns } of rows) {
		const { state_shard: place, wave } = columns;
		if (wave === SUPERSEDED || typeof place !== "string") continue;
		const state = place.slice(0, place.indexOf("#")) as State;
		if (!STATES.includes(state)) continue;
		const index = Number(wave ?? 1) - 1;
		const some = counts.get(index) ?? {};
		some[state] = (some[state] ?? 0) + 1;
		counts.set(index, some);
	}
	return counts;
}

function allEnded(counts: ReadonlyMap<number, Counts>): boolean {
	return [...counts.values()].every((some) => ended(some) === total(some));
}

/** Counted anew, as the index says now. @throws TableError */
export const countJob = (table: Table, job: string, now: number): Promise<Seen> =>
	new JobTally(table, job).look(now);

export const stateOfRow = ({ columns }: Row): { state: State; superseded: boolean } => {
	const place = String(columns["state_shard"] ?? "");
	return {
		state: place.slice(0, place.indexOf("#")) as State,
		superseded: columns["wave"] === SUPERSEDED,
	};
};
