import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { createCommand } from "../command/create.ts";
import { isTerminal } from "../command/state.ts";
import type { WorkerInvoker } from "../fc/worker-invoker.ts";
import { type Plan, plan, type Run } from "../schedule/plan.ts";
import { runCommandId } from "../schedule/run.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { ScheduleStore } from "../store/schedule-store.ts";
import type { Stored } from "../stored.ts";
import { cancel } from "./cancel.ts";

export interface RunsDeps {
	readonly schedules: ScheduleStore;
	readonly commands: CommandStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
}

/**
 * Runs are started this long before their time, so that five minutes without a
 * tick make none of them late: an asynchronous invocation may be delayed by up
 * to an hour (Function Compute, "Asynchronous invocation").
 */
export const LOOKAHEAD_MS = 400_000;

interface Step {
	readonly read: Stored<Schedule>;
	readonly plan: Plan;
	readonly commands: readonly Stored<Command>[];
}

/**
 * Starts the runs of these schedules that are due before `horizon`: stores
 * their commands, hands all of them to the worker together, and only then moves
 * the schedules on. Whoever does it may end anywhere in this, do it twice or at
 * the same time as another: a run is the same commands for both.
 *
 * @param until stops at this time (milliseconds since the epoch).
 * @returns the schedules as they are afterwards, without those that were deleted meanwhile,
 *   and the number of commands that were handed on.
 */
export async function startDueRuns(
	deps: RunsDeps,
	schedules: readonly Stored<Schedule>[],
	horizon: number,
	until: number,
): Promise<{ readonly schedules: readonly Stored<Schedule>[]; readonly fired: number }> {
	const { clock, worker } = deps;
	const ready: Stored<Schedule>[] = [];
	let fired = 0;
	for (let left = schedules; left.length > 0; ) {
		const now = clock.now();
		const steps = await Promise.all(
			left.map(async (read) => {
				const step = now < until ? plan(read.document, now, horizon) : undefined;
				return step ? store(deps, read, step) : read;
			}),
		);
		const begun = steps.filter((step): step is Step => "plan" in step);
		ready.push(...steps.filter((step): step is Stored<Schedule> => !("plan" in step)));
		const waiting = begun
			.flatMap(({ commands }) => commands)
			.filter(({ document }) => !isTerminal(document.state));
		if (waiting.length > 0) await worker.wake(waiting);
		fired += waiting.length;
		left = (await Promise.all(begun.map((step) => moveOn(deps, step)))).flat();
	}
	return { schedules: ready, fired };
}

/** Stores the commands of a schedule's runs, or finds them stored by another tick. */
async function store(deps: RunsDeps, read: Stored<Schedule>, step: Plan): Promise<Step> {
	const schedule = read.document;
	const created: Promise<Stored<Command> | undefined>[] = [];
	let previous = schedule.lastFired;
	for (const run of step.runs) {
		for (const command of commandsOf(schedule, run, previous, deps.clock.now())) {
			created.push(deps.commands.createOrGet(command));
		}
		previous = { at: run.at, revision: schedule.revision };
	}
	const commands = (await Promise.all(created)).filter((stored) => stored !== undefined);
	return { read, plan: step, commands };
}

function commandsOf(
	{ id: scheduleId, command: template, overlap, by }: Schedule,
	{ at, dueAt, commands }: Run,
	previous: Schedule["lastFired"],
	now: number,
): Command[] {
	const source = {
		type: "timer",
		ref: `schedule ${scheduleId} ${new Date(at).toISOString()}`,
		...(by === undefined ? {} : { by }),
		schedule: scheduleId,
	} as const;
	return commands.map(({ id, device }) => {
		const command = createCommand(id, now, { ...template, device }, source, dueAt);
		if (overlap === "allow" || !previous) return command;
		const after = runCommandId({ ...previous, id: scheduleId }, previous.at, device);
		return { ...command, after: { command: after, otherwise: overlap } };
	});
}

/** @returns the schedule as it is now; nothing if it was deleted. */
async function moveOn(deps: RunsDeps, step: Step): Promise<Stored<Schedule>[]> {
	const { read, plan } = step;
	const replaced = await deps.schedules.replace(read, plan.schedule);
	if (replaced) return [replaced];
	const found = await deps.schedules.get(read.document.id);
	const stored = await withdraw(deps, read.document, found, plan.runs);
	return stored ? [stored] : [];
}

/**
 * The schedule changed while its runs were being started: what it no longer
 * says is canceled, and what has begun all the same is not begun again by the
 * new revision.
 */
async function withdraw(
	deps: RunsDeps,
	old: Schedule,
	stored: Stored<Schedule> | undefined,
	runs: readonly Run[],
): Promise<Stored<Schedule> | undefined> {
	const begun: number[] = [];
	for (const { at, commands } of runs) {
		const fresh = stored?.document;
		if (fresh?.revision === old.revision && !fresh.skips.includes(at)) continue;
		const ends = await Promise.all(commands.map(({ id }) => cancel(deps, id)));
		if (ends.some((end) => end && !end.canceled)) begun.push(at);
	}
	if (!stored || begun.length === 0) return stored;
	const { document, version } = stored;
	return { version, document: { ...document, skips: [...document.skips, ...begun] } };
}
