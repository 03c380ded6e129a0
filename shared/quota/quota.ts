import type { Lane } from "../command/command.ts";

/** The budget of calls that the account's limit leaves us. */
export interface Quota {
	/**
	 * Waits for the right to make one call.
	 * @param until gives up at this time, in milliseconds since the epoch.
	 * @returns whether the call may be made.
	 */
	take(lane: Lane, until: number): Promise<boolean>;
}
