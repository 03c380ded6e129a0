import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { ReplyDeps } from "../../shared/lifecycle/reply.ts";
import { isReady, settle } from "../../shared/lifecycle/settle.ts";
import type { Log } from "../../shared/log.ts";
import { dueRows } from "../../shared/store/due.ts";
import type { Stored } from "../../shared/stored.ts";
import type { Table } from "../../shared/table/table.ts";

export interface SweepDeps extends ReplyDeps {
	readonly table: Table;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

export interface SweepResult {
	/** Commands looked at. */
	readonly looked: number;
	/** Commands handed to the worker. */
	readonly woken: number;
}

/**
 * Looks at every command whose time has come: hands it to the worker, or
 * concludes what time has done to it. Nothing is written for what is handed
 * over, so a sweep may end anywhere, run twice or come late.
 *
 * @param until stops at this time (milliseconds since the epoch); the next sweep goes on.
 */
export async function sweep(deps: SweepDeps, until: number): Promise<SweepResult> {
	let looked = 0;
	let woken = 0;
	for await (const rows of dueRows(deps.table, "commands_due", deps.clock.now())) {
		const found = await Promise.all(rows.map(({ key }) => look(deps, key.at(-1) ?? "")));
		const ready = found.flatMap((stored) => stored ?? []);
		if (ready.length > 0) await deps.worker.wake(oldestFirst(ready));
		looked += rows.length;
		woken += ready.length;
		if (deps.clock.now() >= until) break;
	}
	return { looked, woken };
}

/** @returns the command if a worker should take it now. */
async function look(deps: SweepDeps, id: string): Promise<Stored<Command> | undefined> {
	try {
		const read = await deps.commands.get(id);
		const stored = read && (await settle(deps, read));
		return stored && isReady(stored.document, deps.clock.now()) ? stored : undefined;
	} catch (error) {
		// One command's trouble is not the others'; it is looked at again by the next tick.
		deps.log.error("a command was not looked at", { command: id, error: String(error) });
		return undefined;
	}
}

const oldestFirst = (commands: readonly Stored<Command>[]) =>
	[...commands].sort((a, b) => a.document.createdAt - b.document.createdAt);
