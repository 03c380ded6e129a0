import { Cron } from "croner";

/**
 * Times on a clock's face, written as if they were UTC: a calendar without
 * zones, on which nothing is left out and nothing comes twice.
 */
export interface WallTimes {
	/** The first time after this one (milliseconds); undefined if there is none. */
	next(after: number): number | undefined;
}

/** One that uses every value of the clock's fields, or every nth: it names no time of its own. */
const OPEN_FIELD = /[*?/]/;

export interface CronTimes extends WallTimes {
	/** Seconds, minutes and hours are all named: a daily job rather than one that runs at intervals. */
	readonly fixedTime: boolean;
}

/**
 * A pattern as croner reads it (Open Cron Pattern Specification 1.4): five
 * fields, or six with seconds in front, or a nickname. Zones are none of its
 * business here: see `occurrences`.
 *
 * @throws Error whose message says what is wrong with the pattern.
 */
export function cronTimes(pattern: string): CronTimes {
	const text = pattern.trim();
	// croner takes a date for a pattern, too.
	if (/^\d+-\d+-/.test(text)) throw new Error("is a date; use `at` for a single run");
	const cron = new Cron(text, { utcOffset: 0, mode: "5-or-6-parts", paused: true });
	const fields = (cron.getPattern() ?? "").trim().split(/\s+/);
	const clock = text.startsWith("@") ? [] : fields.slice(0, fields.length - 3);
	const fixedTime = !/^@hourly$/i.test(text) && !clock.some((field) => OPEN_FIELD.test(field));
	return {
		fixedTime,
		next: (after) => cron.nextRun(new Date(after))?.getTime(),
	};
}

/** `2026-12-01T07:00:00`, as UTC; undefined for what is no such time. */
export function wallTime(text: string): number | undefined {
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return undefined;
	const full = text.length === 16 ? `${text}:00` : text;
	const time = Date.parse(`${full}Z`);
	// Date.parse takes February 30 for March 2.
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(full) ? time : undefined;
}
