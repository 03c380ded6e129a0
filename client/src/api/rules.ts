import type { CommandTemplate, DeviceRef } from "./commands.ts";

/** What every stored document carries beside what its owner wrote. */
interface Document {
	readonly id: string;
	/** For `If-Match`. */
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
}

export type When =
	| { readonly at: string; readonly timeZone: string }
	| { readonly cron: string; readonly timeZone: string }
	| { readonly every: number; readonly from?: string };

export interface ScheduleRequest {
	readonly name?: string;
	readonly when: When;
	readonly command: CommandTemplate &
		({ readonly device: DeviceRef } | { readonly devices: readonly DeviceRef[] });
	readonly startAt?: string;
	readonly endAt?: string;
	readonly maxRuns?: number;
	readonly dst?: { readonly gap?: "skip" | "shift"; readonly twice?: "first" | "both" };
	readonly missed?: { readonly within?: number; readonly run?: "latest" | "all" | "none" };
	readonly overlap?: "allow" | "skip" | "queue";
	readonly jitterSeconds?: number;
}

export interface RunRecord {
	readonly at: string;
	readonly outcome: "fired" | "caught-up" | "missed" | "skipped" | "canceled";
	readonly dueAt?: string;
	readonly until?: string;
	readonly commands?: readonly string[];
}

export interface Schedule extends ScheduleRequest, Document {
	readonly status: "active" | "paused" | "ended";
	readonly nextRunAt?: string;
	readonly runs: number;
	readonly skipped: readonly string[];
	readonly lastRuns: readonly RunRecord[];
}

export interface PreviewedRun {
	readonly at: string;
	readonly local: string;
	readonly dueAt: string;
	/** The policies that made it what it is. */
	readonly shapedBy: readonly string[];
}

export interface Preview {
	readonly status: Schedule["status"];
	readonly runs: readonly PreviewedRun[];
	readonly leftOut: ReadonlyArray<{ readonly local: string; readonly because: string }>;
}

export interface ReactionRequest {
	readonly name?: string;
	readonly enabled?: boolean;
	readonly when: {
		readonly source: "event" | "property" | "status" | "reply" | "message";
		readonly productKey?: string;
		readonly deviceName?: string;
		readonly iotId?: string;
		readonly identifier?: string;
		readonly condition?: string;
	};
	/** A command whose strings `{% … %}` are JSONata over the event. */
	readonly do: object;
	readonly cooldownSeconds?: number;
	readonly maxDepth?: number;
	readonly loopWindowSeconds?: number;
}

export interface Reaction extends ReactionRequest, Document {
	readonly enabled: boolean;
}

export interface Trial {
	readonly sends: boolean;
	readonly because?: string;
	readonly device?: object;
	readonly command: object | null;
}
