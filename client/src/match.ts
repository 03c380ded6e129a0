import type { Command, Outcome } from "./api/index.ts";

/** One branch for each way in which a command can end; `unknown` cannot be left out. */
export type Branches<R> = {
	readonly [State in Outcome["state"]]: (command: Extract<Outcome, { state: State }>) => R;
};

/**
 * What each outcome means to the caller.
 *
 * @example
 * match(outcome, {
 *   succeeded: ({ reply }) => show(reply),
 *   failed: ({ error }) => tell(error.message),
 *   unknown: () => ask("Has the device done it?"),
 *   timed_out: …, expired: …, canceled: …,
 * });
 */
export function match<R>(outcome: Outcome, branches: Branches<R>): R {
	return (branches[outcome.state] as (command: Outcome) => R)(outcome);
}

/** Whether nothing more will be done for it. */
export const hasEnded = (command: Command): command is Outcome => command.terminal;
