import { add, ofAllWaves, type Seen, total } from "../job/counts.ts";
import type { Job } from "../job/job.ts";
import type { Row, Table } from "../table/table.ts";
import { countRows, jobRow, stretches, type WaveCounts } from "./job-rows.ts";
import { timeKey } from "./shard.ts";

/** Commands whose age keys lie from `from` to `before`: what they are may change. */
interface Open {
	readonly from: string;
	readonly before: string;
	readonly size: number;
	readonly openedAt: number;
	readonly readAt: number;
	readonly counts: WaveCounts;
}

/** When its driver looks at a job's commands. */
const LOOKS = {
	/** Commands are sent and answered within this time, where nothing holds them up. */
	firstMs: 800,
	/** What was made last is looked at this often in any case: its failures may stop the job. */
	makingMs: 1_500,
	stoppingMs: 1_000,
	againMs: 1_000,
	/** What takes long is looked at less often: after a tenth of its age again. */
	patience: 10,
} as const;
const NO_END = "~";
/** Ranges that are read at the same time. */
const AT_ONCE = 32;

type Counted = Pick<Job, "id" | "made" | "retry" | "stop">;

/**
 * The states of a job's commands, read from the index: each row of it is one
 * command, so nothing is counted twice. What has ended for good is read once.
 * The index lags a little behind: only where as many commands are there as were
 * made is it known that none is still to come in between, and only then is
 * anything left out of the next look.
 */
export class JobTally {
	readonly #table: Table;
	readonly #job: string;
	#settled: WaveCounts = new Map();
	#open: readonly Open[] = [];
	#tail: Open = tailFrom(timeKey(0));
	#retry: string | undefined;
	#made = 0;
	#madeAt = 0;

	constructor(table: Table, job: string) {
		this.#table = table;
		this.#job = job;
	}

	/**
	 * Reads again what may have changed.
	 * @param all not only what its driver must know by now. @throws TableError
	 */
	async look(now: number, job: Counted, all = false): Promise<Seen> {
		this.#follow(now, job);
		const due = all ? this.#open : this.#open.filter((one) => now >= nextLook(one));
		const readsTail = all || this.#isTailDue(now, job);
		for (let at = 0; at < due.length; at += AT_ONCE) {
			await Promise.all(due.slice(at, at + AT_ONCE).map((one) => this.#readOpen(one, now)));
		}
		if (readsTail) await this.#readTail(now, job);
		return this.seen();
	}

	/** Forgets everything: rows may have come late. */
	forget(): void {
		this.#settled = new Map();
		this.#open = [];
		this.#tail = tailFrom(timeKey(0));
	}

	seen(): Seen {
		return [...this.#open, this.#tail].reduce(
			(sum, { counts }) => plus(sum, counts),
			this.#settled,
		);
	}

	/** A retry makes other commands count: what was settled is not. */
	#follow(now: number, { made, retry }: Counted): void {
		const round = JSON.stringify(retry ?? null);
		if (round !== this.#retry) this.forget();
		this.#retry = round;
		if (made !== this.#made) this.#madeAt = now;
		this.#made = made;
	}

	#isTailDue(now: number, job: Counted): boolean {
		const { readAt, size } = this.#tail;
		if (isRetrying(job)) return now >= readAt + LOOKS.againMs;
		const unseen = job.made - total(ofAllWaves(this.seen()));
		if (unseen <= 0 && size === 0) return false;
		if (now >= readAt + (job.stop.length > 0 ? LOOKS.stoppingMs : LOOKS.makingMs)) return true;
		return now >= Math.max(this.#madeAt, readAt) + LOOKS.firstMs;
	}

	async #readOpen(one: Open, now: number): Promise<void> {
		const rows = await this.#range(one);
		const others = this.#open.filter((other) => other !== one);
		// Not the commands that were there: what is missing is found once everything is read again.
		const isWhole = rows.length === one.size;
		const next = isWhole
			? this.#divide(rows, one, now)
			: [{ ...one, counts: countRows(rows), readAt: now }];
		this.#open = [...others, ...next];
	}

	async #readTail(now: number, job: Counted): Promise<void> {
		const rows = await this.#range(this.#tail);
		const counted = this.#open.reduce((sum, { counts }) => plus(sum, counts), this.#settled);
		const wanted = job.made - total(ofAllWaves(counted));
		const known = isRetrying(job) ? 0 : firstOf(rows, wanted);
		if (known > 0) {
			const fresh = { ...this.#tail, openedAt: now };
			this.#open = [...this.#open, ...this.#divide(rows.slice(0, known), fresh, now)];
		}
		const rest = rows.slice(known);
		const from = rows[known - 1]?.key[1];
		this.#tail = {
			...this.#tail,
			...(from === undefined ? {} : { from: behind(from) }),
			size: rest.length,
			readAt: now,
			counts: countRows(rest),
		};
	}

	/** Counts what has ended for good, and keeps the rest in sight. */
	#divide(rows: readonly Row[], { openedAt }: Open, now: number): Open[] {
		return stretches(rows).flatMap(({ rows: some, final }) => {
			const counts = countRows(some);
			if (final) {
				this.#settled = plus(this.#settled, counts);
				return [];
			}
			const from = some[0]?.key[1] ?? "";
			const before = behind(some.at(-1)?.key[1] ?? "");
			return [{ from, before, size: some.length, openedAt, readAt: now, counts }];
		});
	}

	#range({ from, before }: Open): Promise<Row[]> {
		return this.#table.range("commands_by_group", {
			prefix: [this.#job],
			from,
			before,
			direction: "forward",
			limit: Number.MAX_SAFE_INTEGER,
		});
	}
}

const tailFrom = (from: string): Open => ({
	from,
	before: NO_END,
	size: 0,
	openedAt: 0,
	readAt: Number.NEGATIVE_INFINITY,
	counts: new Map(),
});

/** Sorts behind this key and before the next one: all of them are of one length. */
const behind = (key: string): string => `${key} `;

const isRetrying = ({ retry }: Counted): boolean => retry !== undefined && !retry.done;

const nextLook = ({ readAt, openedAt }: Open): number =>
	readAt + Math.max(LOOKS.againMs, (readAt - openedAt) / LOOKS.patience);

/** How many of the first rows hold so many commands that count; 0 where there are not so many. */
function firstOf(rows: readonly Row[], wanted: number): number {
	let left = wanted;
	for (const [index, row] of rows.entries()) {
		if (!jobRow(row).superseded) left--;
		if (left === 0) return index + 1;
	}
	return 0;
}

function plus(seen: Seen, more: Seen): WaveCounts {
	const sum = new Map(seen);
	for (const [wave, some] of more) sum.set(wave, add(sum.get(wave) ?? {}, some));
	return sum;
}

/** Counted anew, as the index says now. @throws TableError */
export const countJob = (table: Table, job: Counted, now: number): Promise<Seen> =>
	new JobTally(table, job.id).look(now, job, true);
