import type { DeviceRef } from "./device.ts";
import type { State } from "./state.ts";

export const LANES = ["interactive", "bulk"] as const;
export type Lane = (typeof LANES)[number];

/** What a caller asks for, once its form is checked. Durations are in seconds. */
export interface CommandRequest {
	readonly device: DeviceRef;
	/** Identifier of the service; of a custom module `module:service`. */
	readonly service: string;
	/** JSON text of the arguments, with the digits of its numbers as they were written. */
	readonly args: string;
	/** `text`: came as raw JSON and is sent byte for byte; `json`: numbers are fitted to the thing model. */
	readonly argsForm: "json" | "text";
	readonly expiresIn: number;
	readonly replyTimeout: number;
	readonly onUnknown: "report" | "resend";
	readonly whenOffline: "fail" | "wait";
	readonly lane: Lane;
	readonly qos: 0 | 1;
}

export interface Source {
	readonly type: "http" | "timer" | "queue" | "reaction" | "redrive";
	/** Trigger name and time, message id, id of the redriven command. */
	readonly ref: string | null;
}

/** One call of InvokeThingService. */
export interface Attempt {
	/** Milliseconds since the epoch, as every time here. */
	readonly at: number;
	readonly durationMs: number;
	/** Absent when the platform took the call. */
	readonly code?: string;
	readonly message?: string;
	readonly requestId?: string;
}

/** The platform's last answer, every field of it. */
export interface ApiAnswer {
	readonly success: boolean;
	readonly code?: string;
	readonly errorMessage?: string;
	readonly requestId?: string;
	readonly messageId?: string;
	/** Synchronous services only: a JSON text. */
	readonly result?: string;
}

/** What the device said: 200 is success, anything else is not. */
export interface Reply {
	readonly code: number;
	readonly message?: string;
	/** JSON text. */
	readonly data?: string;
	readonly at: number;
}

export interface Command extends CommandRequest {
	readonly id: string;
	readonly source: Source;
	readonly state: State;
	readonly attempts: readonly Attempt[];
	/** Attempts left out of `attempts`, the oldest but the very first ones. */
	readonly attemptsOmitted: number;
	readonly createdAt: number;
	readonly updatedAt: number;
	/** Not sent later than this. */
	readonly expiresAt: number;
	/** The device's previous command of the same schedule, and what to do while that is not finished. */
	readonly after?: { readonly command: string; readonly otherwise: "skip" | "queue" };
	/** When somebody must look at the command again; absent in terminal states. */
	readonly wakeAt?: number;
	/** Time of the due row that was written last. */
	readonly dueAt?: number;
	/** Set while `sending`: who sends, and until when nobody else may conclude anything. */
	readonly lease?: { readonly owner: string; readonly until: number };
	/** Set while `waiting` for the device to come online. */
	readonly parked?: true;
	readonly messageId?: string;
	readonly answer?: ApiAnswer;
	readonly reply?: Reply;
	readonly error?: { readonly code: string; readonly message: string };
}
