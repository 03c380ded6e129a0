/** The port to the worker function: asynchronous, at least once, by command id. */
export interface WorkerInvoker {
	/**
	 * Asks the worker to look at these commands.
	 * @param occasion why and when, in a few characters: the same ids on the same
	 *   occasion start one invocation however often this is called.
	 * @returns whether Function Compute took it. If not, the commands' due rows
	 *   bring them back, so callers may go on.
	 */
	wake(commandIds: readonly string[], occasion: string, delayMs?: number): Promise<boolean>;
}

/** What the worker is invoked with. */
export interface WorkerPayload {
	readonly commands: readonly string[];
}

/**
 * Commands of one invocation. 100 ids of 210 characters stay far below the 128
 * KB of an asynchronous payload, and leave work for other instances.
 */
export const WORKER_BATCH = 100;
