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

/** So many commands have age keys before this one. */
interface Made {
	readonly at: string;
	readonly made: number;
}

/** When its driver looks at a job's commands. */
const LOOKS = {
	/** Commands are sent and answered within this time, where nothing holds them up. */
	firstMs: 1_500,
	/** While more is made; and where that may have to stop. */
	makingMs: 1_500,
	stoppingMs: 750,
	/** What was made last: somebody waits for it. */
	lastMs: 800,
	openMs: 500,
	/** What is still missing in the index after this time is looked for everywhere. */
	missingMs: 5_000,
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
	/** When nothing was missing that was made. */
	#wholeAt = 0;
	/** How many were made by which time, the oldest first: those that the tail begins with. */
	#made: Made[] = [];

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
		const tail = all ? { at: NO_END, made: job.made } : this.#dueOfTail(now, job);
		for (let at = 0; at < due.length; at += AT_ONCE) {
			await Promise.all(due.slice(at, at + AT_ONCE).map((one) => this.#readOpen(one, now)));
		}
		if (tail) await this.#readTail(now, job, tail);
		return this.seen();
	}

	/** Forgets what it knows: rows may have come late. */
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
		if (made !== this.#made.at(-1)?.made) this.#made.push({ at: timeKey(now), made });
	}

	/** What was made some time ago and is not counted yet; undefined: nothing, or it was looked at just now. */
	#dueOfTail(now: number, job: Counted): Made | undefined {
		const { readAt } = this.#tail;
		const isFirst = readAt === Number.NEGATIVE_INFINITY;
		if (isFirst) this.#wholeAt = now;
		if (isFirst) return { at: NO_END, made: job.made };
		if (isRetrying(job)) {
			return now < readAt + LOOKS.againMs ? undefined : { at: NO_END, made: job.made };
		}
		const isAfter = (ms: number) => (one: Made) =>
			one.at <= timeKey(now - ms) && one.at > this.#tail.from;
		// Whether more is being made now, or somebody waits for the end of what was made.
		const isLast = this.#made.slice(-1).some(isAfter(LOOKS.lastMs));
		const due = this.#made.filter(isAfter(isLast ? LOOKS.lastMs : LOOKS.firstMs)).at(-1);
		const every = job.stop.length > 0 ? LOOKS.stoppingMs : LOOKS.makingMs;
		return now < readAt + (isLast ? LOOKS.openMs : every) ? undefined : due;
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

	async #readTail(now: number, job: Counted, { at, made }: Made): Promise<void> {
		const rows = await this.#range({ ...this.#tail, before: at });
		const counted = this.#open.reduce((sum, { counts }) => plus(sum, counts), this.#settled);
		const wanted = made - total(ofAllWaves(counted));
		const known = isRetrying(job) ? 0 : firstOf(rows, wanted);
		if (known > 0 || wanted <= 0) this.#wholeAt = now;
		if (now - this.#wholeAt >= LOOKS.missingMs) {
			this.#wholeAt = now;
			return this.forget();
		}
		if (known > 0) {
			const fresh = { ...this.#tail, openedAt: now };
			this.#open = [...this.#open, ...this.#divide(rows.slice(0, known), fresh, now)];
		}
		const rest = rows.slice(known);
		const last = rows[known - 1]?.key[1];
		const isAll = at !== NO_END && known === rows.length && wanted === known;
		const from = isAll ? at : last === undefined ? this.#tail.from : behind(last);
		if (isAll) this.#made = this.#made.filter((one) => one.at > at);
		this.#tail = {
			...this.#tail,
			from,
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
