import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { PICKUP_MS } from "../../shared/command/create.ts";
import { isTerminal } from "../../shared/command/state.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import { isReady, type OverdueDeps, settleOverdue } from "../../shared/lifecycle/overdue.ts";
import type { Due, DueStore } from "../../shared/store/due-store.ts";

export interface SweepDeps extends OverdueDeps {
	readonly due: DueStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
}

/**
 * A due row without a command: its accepting function died, or is between the
 * two writes. No function lives longer than this.
 */
export const ORPHAN_AGE_MS = 900_000;

export interface SweepResult {
	/** Due rows looked at. */
	readonly looked: number;
	/** Commands handed to the worker. */
	readonly woken: number;
}

/**
 * Looks at every command whose time has come: hands it to the worker, or
 * concludes what time has done to it. A due row goes only after its command
 * has ended or has a later one, so a sweep may die, run twice or come late.
 *
 * @param until stops at this time (milliseconds since the epoch); the next sweep goes on.
 */
export async function sweep(deps: SweepDeps, until: number): Promise<SweepResult> {
	const startedAt = deps.clock.now();
	const results = await Promise.all(
		deps.due.shards().map(async (shard) => {
			let looked = 0;
			let woken = 0;
			for await (const page of deps.due.due(shard, startedAt)) {
				const commands = await Promise.all(page.map((due) => look(deps, due)));
				const ready = commands.flatMap((command) => (command ? [command.id] : []));
				if (ready.length > 0) await deps.worker.wake(ready, `due ${startedAt}`);
				looked += page.length;
				woken += ready.length;
				if (deps.clock.now() >= until) break;
			}
			return { looked, woken };
		}),
	);
	return {
		looked: results.reduce((sum, { looked }) => sum + looked, 0),
		woken: results.reduce((sum, { woken }) => sum + woken, 0),
	};
}

/** @returns the command if a worker should take it now. */
async function look(deps: SweepDeps, due: Due): Promise<Command | undefined> {
	const now = deps.clock.now();
	const read = await deps.commands.get(due.id);
	if (!read) {
		if (due.at + ORPHAN_AGE_MS <= now) await deps.due.remove(due);
		return undefined;
	}
	const { command } = await settleOverdue(deps, read);
	const ready = isReady(command, now);
	if (!isTerminal(command.state)) {
		// Should the worker not come, this one brings the command back.
		await deps.due.add({
			id: due.id,
			at: ready ? now + PICKUP_MS : (command.wakeAt ?? now + PICKUP_MS),
		});
	}
	await deps.due.remove(due);
	return ready ? command : undefined;
}
