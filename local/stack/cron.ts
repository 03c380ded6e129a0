import { Cron } from "croner";

/** Timer triggers fire once a minute at the most (Function Compute, "Time triggers"). */
const MIN_INTERVAL_MS = 60_000;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Gives the next time after `now` (both in milliseconds since the epoch), or undefined if there is none. */
export type NextFire = (now: number) => number | undefined;

/**
 * `@every 4m`, counted from `startedAt`, or six fields beginning with the
 * seconds, in UTC unless `CRON_TZ=` names another zone.
 *
 * @throws Error saying what is wrong with the expression.
 */
export function parseCronExpression(expression: string, startedAt: number): NextFire {
	const every = /^@every\s+((?:\d+[smh])+)$/.exec(expression);
	if (every) return everyInterval(every[1] ?? "", startedAt);
	const zoned = /^CRON_TZ=(\S+)\s+(.+)$/.exec(expression);
	const timezone = zoned?.[1] ?? "UTC";
	const fields = (zoned?.[2] ?? expression).trim().split(/\s+/);
	if (fields.length !== 6) {
		throw new Error(
			`"${expression}" is neither six fields (second minute hour day month weekday) nor @every`,
		);
	}
	// "?" means "any" here; croner would read it as the time of its start.
	const pattern = fields.map((field) => (field === "?" ? "*" : field)).join(" ");
	// "3/5" means from 3 on every 5 ("Time triggers", special characters); croner wants to be told.
	const cron = new Cron(pattern, { timezone, paused: true, sloppyRanges: true });
	const next: NextFire = (now) => cron.nextRun(new Date(now))?.getTime();
	const first = next(startedAt);
	const second = first === undefined ? undefined : next(first);
	if (first !== undefined && second !== undefined && second - first < MIN_INTERVAL_MS) {
		throw new Error(`"${expression}" fires more often than once a minute`);
	}
	return next;
}

function everyInterval(text: string, startedAt: number): NextFire {
	let intervalMs = 0;
	for (const [, count, unit] of text.matchAll(/(\d+)([smh])/g)) {
		intervalMs += Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
	}
	if (intervalMs < MIN_INTERVAL_MS) {
		throw new Error(`"@every ${text}" fires more often than once a minute`);
	}
	return (now) => startedAt + (Math.floor((now - startedAt) / intervalMs) + 1) * intervalMs;
}
