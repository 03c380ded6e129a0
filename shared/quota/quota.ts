import type { Lane } from "../command/command.ts";

/** The budget of calls that the account's limit leaves us. */
export interface Quota {
	/**
	 * Waits for the right to make one call.
	 * @param until gives up at this time, in milliseconds since the epoch.
	 * @param source within a lane, sources take turns.
	 * @returns whether the call may be made.
	 */
	take(lane: Lane, until: number, source?: string): Promise<boolean>;
	/** What became of a call: throttled ones tell how much of the quota others use. */
	report(lane: Lane, answer: "taken" | "throttled"): void;
	/**
	 * Nothing is wanted for now: what is kept for us is free for others. For
	 * whoever knows that the process ends, or that its time is about to be stopped;
	 * otherwise a second of quiet says the same.
	 */
	leave(): Promise<void>;
}
