import type { Counts, Job } from "../../../../client/src/index.ts";

/** What is no longer ahead: handed to the platform, or ended. */
const GONE = [
	"sent",
	"succeeded",
	"failed",
	"timed_out",
	"unknown",
	"expired",
	"canceled",
] as const;

export const goneOf = (counts: Counts = {}): number =>
	GONE.reduce((all, state) => all + (counts[state] ?? 0), 0);

export interface Point {
	/** Seconds since the epoch. */
	readonly at: number;
	readonly devices: number;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Points of a curve as the API gives them: a list of `{at, sent}`. */
function pointsIn(value: unknown): Point[] {
	if (!Array.isArray(value)) return [];
	return value.filter(isFields).flatMap(({ at, sent, devices, confirmed }) => {
		const seconds = typeof at === "string" ? Date.parse(at) / 1000 : Number.NaN;
		const reached = [sent, devices, confirmed].find((one) => typeof one === "number");
		return Number.isNaN(seconds) || typeof reached !== "number"
			? []
			: [{ at: seconds, devices: reached }];
	});
}

/** What was planned: the API's curve, or the straight line of its rate. */
export function plannedOf({ plan, rate, targets = 0, createdAt, startAt }: Job): Point[] {
	const given = pointsIn(plan).concat(
		isFields(plan) ? pointsIn(plan["curve"] ?? plan["points"]) : [],
	);
	if (given.length > 0) return given;
	const perSecond = typeof rate === "number" ? rate : rate?.perSecond;
	const begin = Date.parse(typeof startAt === "string" ? startAt : (createdAt ?? "")) / 1000;
	if (!perSecond || !targets || Number.isNaN(begin)) return [];
	return [
		{ at: begin, devices: 0 },
		{ at: begin + targets / perSecond, devices: targets },
	];
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
