import { STATES, type State } from "../command/state.ts";
import type { Counts } from "../job/job.ts";
import type { Row } from "../table/table.ts";
import { SUPERSEDED } from "./command-store.ts";

/** What the index says of one of a job's commands. */
export interface JobRow {
	readonly state: State;
	/** From 0. */
	readonly wave: number;
	/** Another command of the job has taken its place. */
	readonly superseded: boolean;
}

export function jobRow({ columns }: Row): JobRow {
	const place = String(columns["state_shard"] ?? "");
	const { wave } = columns;
	return {
		state: place.slice(0, place.indexOf("#")) as State,
		wave: Number(wave ?? 1) - 1,
		superseded: wave === SUPERSEDED,
	};
}

/** Nothing leaves these states, not even by a late reply. */
const FINAL: ReadonlySet<State> = new Set(["succeeded", "failed", "expired", "canceled"]);

/** Rows that follow one another. */
export interface Stretch {
	readonly rows: readonly Row[];
	/** All of them are in a state for good. */
	readonly final: boolean;
}

/** Between two rows that may change, fewer rows than this are not worth a range of their own. */
const WORTH_A_RANGE = 40;

/** Divides rows into those that are never to be read again, and those that are. */
export function stretches(rows: readonly Row[]): Stretch[] {
	const found: Stretch[] = [];
	let start = 0;
	let open = -1;
	for (let at = 0; at <= rows.length; at++) {
		const row = rows[at];
		if (row && isFinal(row)) {
			if (open < 0 || at - open < WORTH_A_RANGE) continue;
			found.push({ rows: rows.slice(start, open + 1), final: false });
			start = open + 1;
			open = -1;
		} else if (row) {
			if (open < 0 && at > start) {
				found.push({ rows: rows.slice(start, at), final: true });
				start = at;
			}
			open = at;
		}
	}
	if (start < rows.length) found.push({ rows: rows.slice(start), final: open < 0 });
	return found;
}

function isFinal(row: Row): boolean {
	const { state, superseded } = jobRow(row);
	return superseded || FINAL.has(state);
}

export type WaveCounts = Map<number, Counts>;

/** By wave and state; commands that another one has replaced do not count. */
export function countRows(rows: readonly Row[]): WaveCounts {
	const counts = new Map<number, Partial<Record<State, number>>>();
	for (const row of rows) {
		const { state, wave, superseded } = jobRow(row);
		if (superseded || !STATES.includes(state)) continue;
		const some = counts.get(wave) ?? {};
		some[state] = (some[state] ?? 0) + 1;
		counts.set(wave, some);
	}
	return counts;
}
