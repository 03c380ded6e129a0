import type { Clock } from "../../clock/clock.ts";
import type { FunctionDefinition } from "../../stack/index.ts";
import type { InstanceState, InvocationContext } from "./frames.ts";
import type { Guardian } from "./guardian.ts";

export type Outcome =
	| { readonly type: "result"; readonly payload: Buffer }
	| { readonly type: "error"; readonly handled: boolean; readonly payload: Buffer }
	| { readonly type: "timeout" }
	| { readonly type: "exit" };

export interface InstanceSettings {
	readonly id: string;
	readonly definition: FunctionDefinition;
	readonly codePath: string;
	/** Folder for compiled code. */
	readonly codeCache: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly clock: Clock;
	readonly guardian: Guardian;
	/** Whether the process is stopped between invocations, as in the cloud. */
	readonly freeze: boolean;
	/** Whether Date and timers inside follow `clock`. */
	readonly virtualTime: boolean;
	/** In virtual time, where Math.random inside begins: a number in [0, 1). */
	readonly seed: number;
	/** By how much Date inside is wrong, in milliseconds. */
	readonly skewMs: number;
	/** The ports at which it reaches the local cloud. */
	readonly localPorts: readonly number[];
	/** A line belongs to one request, or to any of those that were under way. */
	readonly onLog: (requestIds: readonly string[], level: string, line: string) => void;
	readonly onExit: (instance: Instance) => void;
}

/** One process that runs one function. */
export interface Instance {
	readonly id: string;
	readonly pid: number | undefined;
	/** Whether it may be given work: it has not ended and was not told to. */
	readonly alive: boolean;
	/** Whether it has something to do. */
	readonly busy: boolean;
	/** Largest memory that was seen, in MB with two decimals. */
	readonly peakMemoryMb: number;
	/** Processor time that it has used so far. */
	readonly cpuMs: number;
	/** In virtual time, what it waits for; tells it the time, too. */
	probe(): Promise<InstanceState | undefined>;
	/** Loads the function and runs its initializer. */
	start(context: InvocationContext): Promise<Outcome | "ready">;
	invoke(context: InvocationContext, event: Buffer): Promise<Outcome>;
	/** Runs preStop and ends the process; one that does not end in time is killed. */
	stop(context: InvocationContext): Promise<void>;
	/** kill -9, at once. */
	kill(): void;
}
