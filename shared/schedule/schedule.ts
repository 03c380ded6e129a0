import type { CommandRequest } from "../command/command.ts";
import type { DeviceRef } from "../command/device.ts";

/** When a schedule fires. Wall-clock times are kept as their text, instants in milliseconds since the epoch. */
export type When =
	| { readonly kind: "at"; readonly at: string; readonly timeZone: string }
	| { readonly kind: "cron"; readonly cron: string; readonly timeZone: string }
	| {
			readonly kind: "every";
			readonly seconds: number;
			/** The first run; absent: one interval after the schedule was created. */
			readonly from?: number;
	  };

/** What happens to wall-clock times that a change of the zone's offset leaves out, or repeats. */
export interface DstPolicy {
	/** `skip`: no run; `shift`: one run at the first moment after the gap. */
	readonly gap: "skip" | "shift";
	readonly twice: "first" | "both";
}

/** What becomes of runs that nobody could start in time. */
interface MissedPolicy {
	/** Seconds; an older run is never made up for. */
	readonly within: number;
	readonly run: "latest" | "all" | "none";
}

export const OVERLAPS = ["allow", "skip", "queue"] as const;
type Overlap = (typeof OVERLAPS)[number];

type CommandTemplate = Omit<CommandRequest, "device">;

/** What the owner of a schedule says; all of it is replaced by a PUT. */
export interface Definition {
	readonly name?: string;
	readonly when: When;
	readonly devices: readonly DeviceRef[];
	readonly command: CommandTemplate;
	/** No run before this instant. */
	readonly startAt?: number;
	/** No run at this instant or later. */
	readonly endAt?: number;
	readonly maxRuns?: number;
	readonly dst: DstPolicy;
	readonly missed: MissedPolicy;
	/** Whether a device's run may begin while its previous one is not finished. */
	readonly overlap: Overlap;
	/** Each run comes up to this much later, by an amount that is fixed for the run. */
	readonly jitterSeconds: number;
}

/** What became of one run. */
export interface RunRecord {
	/** The run's time by the schedule, which identifies it. */
	readonly at: number;
	readonly outcome: "fired" | "caught-up" | "missed" | "skipped" | "canceled";
	/** When its commands are sent: later than `at` by the jitter, or because the run is made up for. */
	readonly dueAt?: number;
	/** Of `missed`: all runs from `at` up to this time, exclusive. */
	readonly until?: number;
	readonly commands?: readonly string[];
}

export interface Schedule extends Definition {
	readonly id: string;
	/** Which wording of the schedule: part of each run's identity, so that an edited run is another one. */
	readonly revision: number;
	readonly status: "active" | "paused" | "ended";
	/** The first run that is not handled yet; absent unless active. */
	readonly next?: number;
	/** Runs that were started. */
	readonly runs: number;
	/** Runs to come that are left out. */
	readonly skips: readonly number[];
	readonly lastRuns: readonly RunRecord[];
	/** The last run that was started: what `overlap` looks at. */
	readonly lastFired?: { readonly at: number; readonly revision: number };
	readonly createdAt: number;
	readonly updatedAt: number;
}

/** Kept in a schedule's row, the newest first. */
const MAX_LAST_RUNS = 20;

export function withRecords(schedule: Schedule, records: readonly RunRecord[]): Schedule {
	if (records.length === 0) return schedule;
	const lastRuns = [...[...records].reverse(), ...schedule.lastRuns].slice(0, MAX_LAST_RUNS);
	return { ...schedule, lastRuns };
}
