import { isTerminal, STATES, type State } from "../command/state.ts";
import type { Counts, Job } from "./job.ts";
import { waveEnds } from "./waves.ts";

/** Of the commands that exist, how many are in each state, by wave (from 0). */
export type Seen = ReadonlyMap<number, Counts>;

export function add(one: Counts, other: Counts): Counts {
	const sum: Partial<Record<State, number>> = { ...one };
	for (const state of STATES) {
		const more = other[state];
		if (more) sum[state] = (sum[state] ?? 0) + more;
	}
	return sum;
}

export const total = (counts: Counts): number =>
	STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

export const inStates = (counts: Counts, states: readonly State[]): number =>
	states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

const ENDED = STATES.filter(isTerminal);
/** Handed to the worker, and not handed to the platform yet. Parked commands are `waiting`, and hold up nobody. */
const UNSENT = ["accepted", "sending"] as const;

export const ended = (counts: Counts): number => inStates(counts, ENDED);
export const unsent = (counts: Counts): number => inStates(counts, UNSENT);

export const ofAllWaves = (seen: Seen): Counts => [...seen.values()].reduce(add, {});

/** What becomes of devices that have no command: they wait for their turn, or it never came. */
export function stateOfUnmade({ state, endAt }: Job, now: number): State {
	if (state === "canceled" || state === "canceling") return "canceled";
	if (endAt !== undefined && now >= endAt) return "expired";
	return state === "completed" ? "canceled" : "waiting";
}

export interface WaveCounts {
	readonly targets: number;
	readonly counts: Counts;
}

/** Every device of the job in one state: those without a command, too. */
export function allCounts(
	job: Job,
	seen: Seen,
	now: number,
): { counts: Counts; waves: WaveCounts[] } {
	const targets = job.found?.total ?? 0;
	const rest = stateOfUnmade(job, now);
	const ends = waveEnds(job.waves, targets);
	const waves = ends.map((end, wave) => {
		const size = end - (ends[wave - 1] ?? 0);
		return { targets: size, counts: filled(seen.get(wave) ?? {}, size, rest) };
	});
	const covered = waves.reduce<Counts>((sum, { counts }) => add(sum, counts), {});
	return { counts: filled(covered, targets, rest), waves };
}

function filled(counts: Counts, size: number, rest: State): Counts {
	const missing = size - total(counts);
	return missing > 0 ? add(counts, { [rest]: missing }) : counts;
}
