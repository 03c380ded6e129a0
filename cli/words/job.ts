import type { Counts, Job } from "../../client/src/index.ts";
import { STATES } from "../../shared/command/state.ts";
import { EXIT } from "../exit.ts";
import type { Show } from "../output/show.ts";
import type { Column } from "../output/table.ts";
import { documentFacts } from "./document.ts";

/** `1990 succeeded, 10 failed` */
export const countsText = (counts: Counts = {}): string =>
	STATES.filter((state) => counts[state])
		.map((state) => `${counts[state]} ${state}`)
		.join(", ");

type Wave = NonNullable<Job["waves"]>[number] & { readonly number: number };

const WAVE_COLUMNS: readonly Column<Wave>[] = [
	{ title: "WAVE", value: ({ number }) => number, right: true },
	{ title: "STATE", value: ({ state }) => state },
	{ title: "TARGETS", value: ({ targets }) => targets, right: true },
	{ title: "DEVICES", value: ({ counts }) => countsText(counts) },
];

export function jobFacts(show: Show, { waves = [], counts, ...job }: Job): readonly string[] {
	const numbered = waves.map((wave, index) => ({ ...wave, number: index + 1 }));
	return [
		...documentFacts(show, { ...job, devices: countsText(counts) }),
		...(waves.length > 0 ? ["", ...show.table(numbered, WAVE_COLUMNS)] : []),
	];
}

/** What it looks like in one line. */
export function jobLine({ state, reason, targets, counts, waves = [] }: Job): string {
	const done = waves.filter((wave) => wave.state === "completed").length;
	const parts = [
		state.replaceAll("_", " ") + (reason ? ` (${reason})` : ""),
		waves.length > 1 ? `wave ${Math.min(done + 1, waves.length)} of ${waves.length}` : "",
		targets === undefined ? "" : `${targets} devices`,
		countsText(counts),
	];
	return parts.filter(Boolean).join(" · ");
}

/** Nothing happens any more, or not before a person does something. */
export const restsNow = ({ state }: Job): boolean =>
	["paused", "waiting_for_approval", "completed", "canceled"].includes(state);

/** The most serious thing that can be said of a job that rests. */
export function exitOfJob({ state, counts = {} }: Job): number {
	if (state === "paused" || state === "waiting_for_approval") return EXIT.paused;
	if (state === "canceled") return EXIT.notSent;
	if (state !== "completed") return EXIT.pending;
	if (counts.failed) return EXIT.failed;
	if (counts.unknown) return EXIT.unknown;
	if (counts.timed_out) return EXIT.timedOut;
	return counts.expired || counts.canceled ? EXIT.notSent : EXIT.ok;
}
