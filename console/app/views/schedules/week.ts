import type { PreviewedRun } from "../../../../client/src/index.ts";

export interface PlannedRun extends Pick<PreviewedRun, "dueAt"> {
	readonly schedule: string;
	readonly name: string;
}

interface Cell {
	readonly schedule: string;
	readonly name: string;
	/** ISO 8601, the first of them. */
	readonly dueAt: string;
	readonly times: number;
}

export interface Week {
	readonly days: readonly Date[];
	/** Only hours in which something runs, in the clock of this machine. */
	readonly hours: ReadonlyArray<{
		readonly hour: number;
		readonly days: readonly (readonly Cell[])[];
	}>;
}

const DAYS = 7;

/** Today and the six days after it, or so many weeks later. */
export function daysFrom(now: number, weeks: number): Date[] {
	const today = new Date(now);
	return Array.from(
		{ length: DAYS },
		(_, day) =>
			new Date(today.getFullYear(), today.getMonth(), today.getDate() + weeks * DAYS + day),
	);
}

/** The runs of these days by hour; those of one schedule in one hour are one entry. */
export function weekOf(runs: readonly PlannedRun[], days: readonly Date[]): Week {
	const hours = new Map<number, Map<string, Cell>[]>();
	for (const { dueAt, schedule, name } of runs) {
		const at = new Date(dueAt);
		const day = days.findIndex((one) => one.toDateString() === at.toDateString());
		if (day < 0) continue;
		const row = hours.get(at.getHours()) ?? days.map(() => new Map<string, Cell>());
		hours.set(at.getHours(), row);
		const before = row[day]?.get(schedule);
		row[day]?.set(
			schedule,
			before ? { ...before, times: before.times + 1 } : { schedule, name, dueAt, times: 1 },
		);
	}
	return {
		days,
		hours: [...hours]
			.sort(([left], [right]) => left - right)
			.map(([hour, row]) => ({
				hour,
				days: row.map((cells) => [...cells.values()].sort(earliestFirst)),
			})),
	};
}

const earliestFirst = (left: Cell, right: Cell): number =>
	Date.parse(left.dueAt) - Date.parse(right.dueAt);
