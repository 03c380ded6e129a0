import type { Counts, Forecast, Job } from "../../../../client/src/index.ts";
import { ENDED } from "../../parts/words.ts";

/** What is no longer ahead: handed to the platform, or ended. */
const GONE = ["sent", ...ENDED] as const;

export const goneOf = (counts: Counts = {}): number =>
	GONE.reduce((all, state) => all + (counts[state] ?? 0), 0);

export interface Point {
	/** Seconds since the epoch. */
	readonly at: number;
	readonly devices: number;
}

/** Seconds since the epoch. */
const seconds = (iso: unknown): number =>
	typeof iso === "string" ? Date.parse(iso) / 1000 : Number.NaN;

export const beginOf = ({ waves = [], createdAt }: Job): number => {
	const first = seconds((waves[0] as { readonly startedAt?: unknown } | undefined)?.startedAt);
	return Number.isNaN(first) ? seconds(createdAt) : first;
};

/** The curve of a forecast, which begins now, moved to where the job began. */
export function plannedOf({ curve }: Forecast, begin: number): Point[] {
	if (!Array.isArray(curve)) return [];
	const points = curve.flatMap(({ at, sent }: { at: unknown; sent: unknown }) =>
		typeof sent === "number" ? [{ at: seconds(at), devices: sent }] : [],
	);
	const moved = begin - (points[0]?.at ?? begin);
	return points.map(({ at, devices }) => ({ at: at + moved, devices }));
}

/** The straight line of a job's rate, where no forecast can be asked for. */
export function lineOf({ rate, targets = 0 }: Job, begin: number): Point[] {
	const perSecond = typeof rate === "number" ? rate : rate?.perSecond;
	if (!perSecond || !targets || Number.isNaN(begin)) return [];
	return [
		{ at: begin, devices: 0 },
		{ at: begin + targets / perSecond, devices: targets },
	];
}

/** How far it had come when each of its waves began and ended. */
export function wavesOf({ waves = [] }: Job): Point[] {
	let before = 0;
	return waves.flatMap((wave) => {
		const { startedAt, endedAt } = wave as {
			readonly startedAt?: unknown;
			readonly endedAt?: unknown;
		};
		const begin = { at: seconds(startedAt), devices: before };
		before += wave.targets ?? 0;
		return [begin, { at: seconds(endedAt), devices: before }].filter(({ at }) => !Number.isNaN(at));
	});
}

/** Both curves over the same times, as the plot wants them. */
export function curvesOf(planned: readonly Point[], actual: readonly Point[]): (number | null)[][] {
	const times = [...new Set([...planned, ...actual].map(({ at }) => at))].sort(
		(left, right) => left - right,
	);
	return [times, times.map((at) => between(planned, at)), times.map((at) => between(actual, at))];
}

/** The value of a curve at a time, on the line between its neighbours; null outside. */
function between(points: readonly Point[], at: number): number | null {
	const index = points.findIndex((point) => point.at >= at);
	const right = points[index];
	if (!right) return null;
	const left = points[index - 1];
	if (right.at === at) return right.devices;
	if (!left) return null;
	const share = (at - left.at) / (right.at - left.at);
	return Math.round(left.devices + share * (right.devices - left.devices));
}
