import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { createCommand } from "../command/create.ts";
import type { DeviceRef } from "../command/device.ts";
import { isTerminal } from "../command/state.ts";
import type { WorkerInvoker } from "../fc/worker-invoker.ts";
import { type Plan, plan, type Run } from "../schedule/plan.ts";
import { runCommandId } from "../schedule/run.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { ScheduleStore, StoredSchedule } from "../store/schedule-store.ts";
import { cancelCommand } from "./cancel.ts";

export interface RunsDeps {
	readonly schedules: ScheduleStore;
	readonly commands: CommandStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
}

/**
 * Whoever looks at a schedule starts what is due before the next tick: within
 * a minute, and what that one may be late. A run that comes up for two of them
 * is the same commands for both.
 */
export const LOOKAHEAD_MS = 75_000;

export interface Started {
	/** The schedule afterwards; undefined if it was deleted meanwhile. */
	readonly stored: StoredSchedule | undefined;
	/** Commands that were handed on. */
	readonly fired: number;
}

/**
 * Starts a schedule's runs that are due before `horizon`: stores their
 * commands, hands them to the worker with a delay to the second, and only then
 * moves the schedule on. Whoever does it may die anywhere in this, do it twice
 * or at the same time as another.
 *
 * @param until stops at this time (milliseconds since the epoch).
 */
export async function startDueRuns(
	deps: RunsDeps,
	read: StoredSchedule,
	horizon: number,
	until: number,
): Promise<Started> {
	const { schedules, clock } = deps;
	let stored: StoredSchedule | undefined = read;
	let fired = 0;
	while (stored && clock.now() < until) {
		const { schedule }: { schedule: Schedule } = stored;
		const step: Plan | undefined = plan(schedule, clock.now(), horizon);
		if (!step) break;
		fired += await start(deps, schedule, step.runs);
		const replaced = await schedules.replace(stored, step.schedule);
		stored = replaced ?? (await schedules.get(schedule.id));
		if (!replaced) stored = await withdraw(deps, schedule, stored, step.runs);
	}
	return { stored, fired };
}

async function start(deps: RunsDeps, schedule: Schedule, runs: readonly Run[]): Promise<number> {
	const { clock, worker } = deps;
	const bySecond = new Map<number, string[]>();
	let count = 0;
	let previous = schedule.lastFired;
	for (const run of runs) {
		const commands = await Promise.all(
			run.commands.map(({ id, device }) => {
				const after = previous && { ...previous, id: schedule.id };
				return store(deps, schedule, run, id, {
					device,
					...(after ? { after: runCommandId(after, after.at, device) } : {}),
				});
			}),
		);
		const waiting = commands.filter(({ state }) => !isTerminal(state));
		const second = Math.max(0, Math.ceil((run.dueAt - clock.now()) / 1000));
		bySecond.set(second, [...(bySecond.get(second) ?? []), ...waiting.map(({ id }) => id)]);
		count += waiting.length;
		previous = { at: run.at, revision: schedule.revision };
	}
	for (const [second, ids] of bySecond) {
		if (ids.length === 0) continue;
		await worker.wake(ids, `run at ${Math.round(clock.now() / 1000) + second}`, second * 1000);
	}
	return count;
}

/** Stores a run's command for one device, or finds it stored by another tick. */
async function store(
	{ commands, clock }: RunsDeps,
	{ id: scheduleId, command: template, overlap }: Schedule,
	{ at, dueAt }: Run,
	id: string,
	{ device, after }: { readonly device: DeviceRef; readonly after?: string },
): Promise<Command> {
	const source = {
		type: "timer",
		ref: `schedule ${scheduleId} ${new Date(at).toISOString()}`,
	} as const;
	const command = createCommand(id, clock.now(), { ...template, device }, source, dueAt);
	const { stored } = await commands.create(
		overlap === "allow" || after === undefined
			? command
			: { ...command, after: { command: after, otherwise: overlap } },
	);
	return stored.command;
}

/**
 * The schedule changed while its runs were being started: what it no longer
 * says is called back, and what has begun all the same is not begun again
 * under the new wording.
 */
async function withdraw(
	deps: RunsDeps,
	old: Schedule,
	stored: StoredSchedule | undefined,
	runs: readonly Run[],
): Promise<StoredSchedule | undefined> {
	const begun: number[] = [];
	for (const { at, commands } of runs) {
		const fresh = stored?.schedule;
		if (fresh?.revision === old.revision && !fresh.skips.includes(at)) continue;
		const ends = await Promise.all(commands.map(({ id }) => cancelCommand(deps, id)));
		if (ends.includes("begun")) begun.push(at);
	}
	if (!stored || begun.length === 0) return stored;
	const { schedule, version } = stored;
	return { version, schedule: { ...schedule, skips: [...schedule.skips, ...begun] } };
}
