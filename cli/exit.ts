import type { Command } from "../client/src/index.ts";

/** How a process ends, so that a script can tell why; docs/cli.md lists them. */
export const EXIT = {
	ok: 0,
	/** The command failed, or the API said no. */
	failed: 1,
	/** The command line or the settings are wrong: nothing was done. */
	usage: 2,
	/** The device may have it, or not. */
	unknown: 3,
	/** The device has not replied in time. */
	timedOut: 4,
	/** A job is paused, or waits for approval. */
	paused: 5,
	/** It never reached the device: expired or canceled. */
	notSent: 6,
	/** `--wait` was over before the end. */
	pending: 7,
	interrupted: 130,
} as const;

/** What a command's state means for whoever waited for its end. */
export function exitOf(state: Command["state"]): number {
	switch (state) {
		case "succeeded":
			return EXIT.ok;
		case "failed":
			return EXIT.failed;
		case "unknown":
			return EXIT.unknown;
		case "timed_out":
			return EXIT.timedOut;
		case "expired":
		case "canceled":
			return EXIT.notSent;
		default:
			return EXIT.pending;
	}
}
