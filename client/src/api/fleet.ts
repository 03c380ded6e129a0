import type { CommandTemplate, DeviceRef, State } from "./commands.ts";

export type JobTargets =
	| { readonly devices: readonly DeviceRef[] }
	| { readonly group: string }
	| { readonly query: string }
	| { readonly job: string; readonly states: readonly State[] };

/** Cumulative: the last wave covers all that it is meant for. */
export type Wave = { readonly count: number } | { readonly percent: number };

export type JobRate =
	| { readonly perSecond: number }
	| {
			readonly perSecond: number;
			readonly factor: number;
			readonly everySucceeded: number;
			readonly max: number;
	  };

/** Counted in devices. */
export interface StopRule {
	readonly states: readonly State[];
	readonly percent: number;
	readonly minimum?: number;
	readonly then: "pause" | "cancel";
}

export interface JobRequest {
	readonly name?: string;
	readonly targets: JobTargets;
	/** @default "snapshot" */
	readonly membership?: "snapshot" | "continuous";
	readonly command: CommandTemplate;
	readonly waves?: readonly Wave[];
	/** @default "auto" */
	readonly advance?: "auto" | "approve";
	readonly soakSeconds?: number;
	readonly rate?: JobRate;
	readonly stop?: readonly StopRule[];
	readonly window?: {
		readonly cron: string;
		readonly timeZone: string;
		readonly minutes: number;
	};
	readonly startAt?: string;
	readonly endAt?: string;
}

export type JobState =
	| "resolving"
	| "scheduled"
	| "running"
	| "soaking"
	| "waiting_for_approval"
	| "paused"
	| "canceling"
	| "canceled"
	| "completed";

/** How many devices are in each state; each is in one. */
export type Counts = Readonly<Partial<Record<State, number>>>;

export interface Job {
	readonly id: string;
	readonly name?: string;
	readonly state: JobState;
	/** Why it is paused or canceled. */
	readonly reason?: string;
	/** Devices in all; unknown while they are being resolved. */
	readonly targets?: number;
	readonly counts?: Counts;
	readonly waves?: ReadonlyArray<{
		readonly targets?: number;
		readonly counts?: Counts;
		readonly state?: string;
	}>;
	readonly rate?: number | JobRate;
	readonly createdAt?: string;
	readonly updatedAt?: string;
	readonly [more: string]: unknown;
}

/** What a job would do, without doing it. */
export interface Forecast {
	readonly targets: number;
	readonly offline?: number;
	readonly calls?: number;
	readonly [more: string]: unknown;
}

/** A device of a job, and what became of its command. */
export interface JobDevice {
	readonly productKey?: string;
	readonly deviceName?: string;
	readonly state?: State;
	readonly [more: string]: unknown;
}

/** A device that thingcast knows. */
export interface Device {
	readonly productKey: string;
	readonly deviceName: string;
	readonly iotId?: string;
	readonly status?: string;
	readonly tags?: Readonly<Record<string, string>>;
	readonly groups?: readonly string[];
	readonly [more: string]: unknown;
}

/** The platform's lists being read into the registry. */
export interface DeviceSync {
	readonly state: "none" | "running" | "completed" | "failed";
	readonly step?: string;
	/** Devices that were read. */
	readonly read: number;
	/** Devices that there are to read, as far as is known. */
	readonly devices?: number;
	readonly removed?: number;
	/** Why it failed, or what it waits for to pass. */
	readonly error?: { readonly code: string; readonly message: string };
	readonly [more: string]: unknown;
}

/** Something that happened to a device: a command, a change of status, a reply. */
export interface TimelineEntry {
	readonly at: string;
	readonly type: string;
	readonly [more: string]: unknown;
}
