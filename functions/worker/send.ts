import type { Command } from "../../shared/command/command.ts";
import { inOrder } from "../../shared/lifecycle/in-order.ts";
import { settle } from "../../shared/lifecycle/settle.ts";
import { longestPauseMs, retry } from "../../shared/retry/retry.ts";
import type { Stored } from "../../shared/stored.ts";
import { attemptOnce, type Limits } from "./attempt.ts";
import type { WorkerDeps } from "./deps.ts";
import { heldBack } from "./overlap.ts";

/** A command that is due within this time is waited for here. */
const WAIT_HERE_MS = 2_500;
/** Between attempts of one command. */
const BACKOFF = { minTimeout: 100, maxTimeout: 10_000 };

/** The device does not have the command from this attempt: another one may follow. */
class AttemptFailed extends Error {
	override readonly name = "AttemptFailed";
}

/**
 * Sends one command, again and again where that is safe, until it has an
 * outcome or this invocation's time is up.
 *
 * @returns the command if the worker must be invoked for it again, at its time.
 */
export async function sendCommand(
	deps: WorkerDeps,
	start: Stored<Command>,
	limits: Limits,
): Promise<Stored<Command> | undefined> {
	let stored = await whenDue(deps, start);
	if (!isDue(stored.document, deps.clock.now())) return unlessEnded(stored);
	let nextAttemptAt = 0;
	try {
		return await retry(
			async (attempt) => {
				const nextAt = (failedAt: number) => failedAt + longestPauseMs(attempt, BACKOFF);
				const step = await attemptOnce(deps, stored, limits, nextAt);
				stored = step.stored;
				nextAttemptAt = nextAt(deps.clock.now());
				if (step.next === "retry") throw new AttemptFailed(stored.document.error?.code);
				return step.next === "hand-on" ? stored : undefined;
			},
			{
				...BACKOFF,
				shouldRetry: (error) => error instanceof AttemptFailed && nextAttemptAt < limits.stopAt,
			},
		);
	} catch (error) {
		if (error instanceof AttemptFailed) return stored;
		throw error;
	}
}

/** Waits for a command that is almost due, then looks at what time or its predecessor has done to it. */
async function whenDue(deps: WorkerDeps, start: Stored<Command>): Promise<Stored<Command>> {
	const early = startsAt(start.document) - deps.clock.now();
	if (early > 0 && early <= WAIT_HERE_MS) await deps.clock.sleep(early);
	const stored = await settle(deps, start);
	const now = deps.clock.now();
	const { after, order } = stored.document;
	if (!(after || order) || !isDue(stored.document, now)) return stored;
	// Asked of the row itself: what was handed over may be old.
	const fresh = await queued(deps, await deps.commands.get(stored.document.id));
	const held = fresh && isDue(fresh.document, now) && (await heldBack(deps, fresh.document));
	const changed = held ? await deps.commands.change(fresh, () => held) : undefined;
	return changed?.stored ?? fresh ?? stored;
}

/** A run of a schedule, which is stored long before its time, comes behind others when it is due. */
async function queued(
	deps: WorkerDeps,
	stored: Stored<Command> | undefined,
): Promise<Stored<Command> | undefined> {
	if (stored?.document.source.schedule === undefined) return stored;
	const { after } = await inOrder(deps, stored.document);
	if (!after || stored.document.after) return stored;
	const note = { event: "note", at: deps.clock.now(), after } as const;
	return (await deps.commands.change(stored, () => note))?.stored;
}

const startsAt = ({ state, wakeAt }: Command): number => (state === "waiting" ? (wakeAt ?? 0) : 0);

const isDue = (command: Command, now: number): boolean =>
	(command.state === "accepted" || command.state === "waiting") && startsAt(command) <= now;

/** A command that waits for a later time is handed on; parked ones are found by their device, or by the tick. */
const unlessEnded = (stored: Stored<Command>): Stored<Command> | undefined =>
	stored.document.state === "waiting" && !stored.document.parked ? stored : undefined;
