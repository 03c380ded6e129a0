import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { createCommand } from "../../shared/command/create.ts";
import type { DeviceRef } from "../../shared/command/device.ts";
import { isTerminal } from "../../shared/command/state.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import { cancelCommand } from "../../shared/lifecycle/cancel.ts";
import type { Log } from "../../shared/log.ts";
import { type Plan, plan, type Run } from "../../shared/schedule/plan.ts";
import { runCommandId } from "../../shared/schedule/run.ts";
import type { Schedule } from "../../shared/schedule/schedule.ts";
import type { CommandStore } from "../../shared/store/command-store.ts";
import type {
	ScheduleDue,
	ScheduleStore,
	StoredSchedule,
} from "../../shared/store/schedule-store.ts";
import { ORPHAN_AGE_MS } from "./sweep.ts";

export interface SchedulesDeps {
	readonly schedules: ScheduleStore;
	readonly commands: CommandStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

/**
 * A tick takes what is due before the next one is: a minute, and what that one
 * may be late. A run that comes up for two ticks is the same commands for both.
 */
const LOOKAHEAD_MS = 75_000;

export interface ScheduleResult {
	/** Schedules looked at. */
	readonly looked: number;
	/** Commands stored and handed on. */
	readonly fired: number;
}

/**
 * Starts the runs of every schedule that is due: stores their commands, hands
 * them to the worker with a delay to the second, and only then moves the
 * schedule on. A tick may die anywhere in this, run twice or come late.
 *
 * @param until stops at this time (milliseconds since the epoch); the next tick goes on.
 */
export async function runSchedules(deps: SchedulesDeps, until: number): Promise<ScheduleResult> {
	const horizon = deps.clock.now() + LOOKAHEAD_MS;
	const results = await Promise.all(
		deps.schedules.shards().map(async (shard) => {
			let looked = 0;
			let fired = 0;
			for await (const page of deps.schedules.due(shard, horizon)) {
				const outcomes = await Promise.allSettled(
					page.map((due) => runSchedule(deps, due, horizon, until)),
				);
				looked += page.length;
				for (const outcome of outcomes) {
					if (outcome.status === "fulfilled") fired += outcome.value;
					// One schedule's trouble is not the others'; its wake-up stands, so the next tick tries again.
					else deps.log.error("a schedule failed", { error: String(outcome.reason) });
				}
				if (deps.clock.now() >= until) break;
			}
			return { looked, fired };
		}),
	);
	return {
		looked: results.reduce((sum, { looked }) => sum + looked, 0),
		fired: results.reduce((sum, { fired }) => sum + fired, 0),
	};
}

/** @returns how many commands were handed on. */
async function runSchedule(
	deps: SchedulesDeps,
	due: ScheduleDue,
	horizon: number,
	until: number,
): Promise<number> {
	const { schedules, clock } = deps;
	let stored = await schedules.get(due.scheduleId);
	if (!stored || stored.version < due.version) {
		// Its version is about to be written, or never will be.
		if (due.due.at + ORPHAN_AGE_MS <= clock.now()) await schedules.removeDue(due);
		return 0;
	}
	if (stored.version > due.version || stored.schedule.next !== due.due.at) {
		await schedules.removeDue(due);
		return 0;
	}
	let fired = 0;
	while (stored && clock.now() < until) {
		const { schedule }: { schedule: Schedule } = stored;
		const step: Plan | undefined = plan(schedule, clock.now(), horizon);
		if (!step) return fired;
		fired += await start(deps, schedule, step.runs);
		const replaced = await schedules.replace(stored, step.schedule);
		stored = replaced ?? (await schedules.get(due.scheduleId));
		if (!replaced) stored = await withdraw(deps, schedule, stored, step.runs);
	}
	return fired;
}

async function start(
	deps: SchedulesDeps,
	schedule: Schedule,
	runs: readonly Run[],
): Promise<number> {
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
	{ commands, clock }: SchedulesDeps,
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
	deps: SchedulesDeps,
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
