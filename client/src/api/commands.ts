/** `iotId` wins where both are given. */
export type DeviceRef =
	| { readonly iotId: string; readonly productKey?: string; readonly deviceName?: string }
	| { readonly iotId?: string; readonly productKey: string; readonly deviceName: string };

export type Lane = "interactive" | "bulk";

/** What is sent; durations in seconds. */
export interface CommandTemplate {
	readonly service: string;
	/** An object, or the JSON text of one, which is sent byte for byte. @default {} */
	readonly args?: object | string;
	/** @default 3600 */
	readonly expiresIn?: number;
	/** @default 60 */
	readonly replyTimeout?: number;
	/** @default "report" */
	readonly onUnknown?: "report" | "resend";
	/** @default "fail" */
	readonly whenOffline?: "fail" | "wait";
	/** @default "interactive" */
	readonly lane?: Lane;
	/** @default 0 */
	readonly qos?: 0 | 1;
	/** Not sent before the device's earlier command that asks for it has ended. */
	readonly order?: "device";
}

export interface CommandRequest extends CommandTemplate {
	readonly device: DeviceRef;
}

export interface Attempt {
	readonly at: string;
	readonly durationMs: number;
	/** Absent when the platform took the call. */
	readonly code?: string;
	readonly message?: string;
	readonly requestId?: string;
}

export interface Reply {
	readonly code: number;
	readonly message?: string;
	readonly data?: unknown;
	readonly at: string;
}

export interface Source {
	readonly type: string;
	readonly ref: string | null;
	/** The key that asked for it. */
	readonly by?: string;
}

export interface Failure {
	readonly code: string;
	readonly message: string;
}

interface CommandFields {
	readonly id: string;
	readonly device: Partial<Record<"iotId" | "productKey" | "deviceName", string>>;
	readonly service: string;
	readonly args: unknown;
	readonly lane: Lane;
	readonly source: Source;
	/** The first 10 and the last 90. */
	readonly attempts: readonly Attempt[];
	readonly attemptsOmitted?: number;
	readonly messageId?: string;
	readonly expiresIn: number;
	readonly replyTimeout: number;
	readonly onUnknown: "report" | "resend";
	readonly whenOffline: "fail" | "wait";
	readonly qos: 0 | 1;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly expiresAt: string;
}

interface Ended<State extends string> extends CommandFields {
	readonly state: State;
	readonly terminal: true;
}

/** Nothing final is known yet. */
export interface Pending extends CommandFields {
	readonly state: "accepted" | "waiting" | "sending" | "sent";
	readonly terminal: false;
	readonly nextAt?: string;
	/** Of the last attempt. */
	readonly error?: Failure;
}

export interface Succeeded extends Ended<"succeeded"> {
	/** What the platform calls `Result`, a JSON text. */
	readonly result?: string;
	readonly reply?: Reply;
}

export interface Failed extends Ended<"failed"> {
	readonly error: Failure;
	readonly result?: string;
	readonly reply?: Reply;
}

/** No reply in time; a late one may still change it. */
export interface TimedOut extends Ended<"timed_out"> {
	readonly error?: Failure;
}

/** Never handed to the platform in time. */
export interface Expired extends Ended<"expired"> {
	readonly error?: Failure;
}

export interface Canceled extends Ended<"canceled"> {
	readonly error?: Failure;
}

/** The device may have it, or not; a late reply may still change it. */
export interface Unknown extends Ended<"unknown"> {
	readonly error?: Failure;
}

export type Outcome = Succeeded | Failed | TimedOut | Expired | Canceled | Unknown;
/** `state` tells which it is, and the type lets nobody read a result before that is asked. */
export type Command = Pending | Outcome;
export type State = Command["state"];

export interface CommandFilter {
	/** One state or several. */
	readonly state?: State | readonly State[];
	/** ISO 8601, or an age such as `1h`. */
	readonly since?: string;
	readonly until?: string;
	readonly service?: string;
	/** Of the error. */
	readonly code?: string;
	readonly source?: string;
	readonly job?: string;
	readonly schedule?: string;
	readonly productKey?: string;
	readonly deviceName?: string;
	readonly iotId?: string;
}

/** How many commands that match are in each state. */
export interface CommandCounts {
	readonly counts: Readonly<Partial<Record<State, number>>>;
	/** States of which there are more than were counted. */
	readonly more: readonly State[];
}

/** How many items a request asks for; the list goes on behind them. */
export interface PageSize {
	readonly limit?: number;
}

/** Something done to all commands that match a filter. */
export interface Operation {
	readonly id: string;
	readonly state: "running" | "completed";
	readonly matched: number;
	readonly done: number;
	readonly skipped: number;
	readonly failed: number;
}
