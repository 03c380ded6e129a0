/**
 * When a pattern fires, found by walking through every minute of a stretch and
 * looking at the clock on the wall: slow, plain, and of another kind than the
 * code under test, which knows neither minutes nor walks.
 */
export interface MinutePattern {
	readonly minutes: readonly number[];
	/** Absent: every one. */
	readonly hours: readonly number[] | undefined;
	readonly days: readonly number[] | undefined;
	readonly months: readonly number[] | undefined;
	readonly weekdays: readonly number[] | undefined;
}

export interface Policy {
	readonly gap: "skip" | "shift";
	readonly twice: "first" | "both";
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Offsets of today's zones change on full quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Minutes east of UTC at each quarter of an hour, beginning one day before `start`. */
export function everyMinute(zone: string, start: number, end: number): Int32Array {
	const format = new Intl.DateTimeFormat("sv-SE", {
		timeZone: zone,
		dateStyle: "short",
		timeStyle: "short",
	});
	const from = start - DAY_MINUTES * MINUTE_MS;
	const offsets = new Int32Array(Math.ceil((end - from) / QUARTER_MS));
	for (let index = 0; index < offsets.length; index++) {
		const at = from + index * QUARTER_MS;
		const shown = Date.parse(`${format.format(at).replace(" ", "T")}:00Z`);
		offsets[index] = (shown - at) / MINUTE_MS;
	}
	return offsets;
}

export function runsOfPattern(
	pattern: MinutePattern,
	policy: Policy,
	offsets: Int32Array,
	start: number,
	end: number,
): number[] {
	const matches = matcher(pattern);
	const from = start - DAY_MINUTES * MINUTE_MS;
	const runs: number[] = [];
	// The latest minute that the clock on the wall has shown.
	let shown = Number.NEGATIVE_INFINITY;
	for (let at = from; at < end; at += MINUTE_MS) {
		const offset = offsets[Math.floor((at - from) / QUARTER_MS)] ?? 0;
		const wall = at / MINUTE_MS + offset;
		let fires = false;
		if (policy.gap === "shift" && shown > 0) {
			for (let lost = shown + 1; lost < wall && !fires; lost++) fires = matches(lost);
		}
		if (wall > shown || policy.twice === "both") fires ||= matches(wall);
		shown = Math.max(shown, wall);
		if (fires && at >= start) runs.push(at);
	}
	return runs;
}

/** Takes minutes since the epoch on the wall; a day that fits either list of days fits, as in every cron. */
function matcher({ minutes, hours, days, months, weekdays }: MinutePattern) {
	let known = Number.NaN;
	let knownFits = false;
	const dayFits = (day: number): boolean => {
		if (day === known) return knownFits;
		const date = new Date(day * DAY_MINUTES * MINUTE_MS);
		const byDay = days?.includes(date.getUTCDate());
		const byWeekday = weekdays?.includes(date.getUTCDay());
		const fits =
			(months?.includes(date.getUTCMonth() + 1) ?? true) &&
			(byDay === undefined && byWeekday === undefined
				? true
				: (byDay ?? false) || (byWeekday ?? false));
		known = day;
		knownFits = fits;
		return fits;
	};
	const ofDay = new Uint8Array(DAY_MINUTES);
	for (let minute = 0; minute < DAY_MINUTES; minute++) {
		const hour = Math.floor(minute / 60);
		if (minutes.includes(minute % 60) && (hours?.includes(hour) ?? true)) ofDay[minute] = 1;
	}
	return (wall: number): boolean =>
		ofDay[wall % DAY_MINUTES] === 1 && dayFits(Math.floor(wall / DAY_MINUTES));
}
