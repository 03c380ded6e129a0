import type { Command } from "../../../shared/command/command.ts";
import { createCommand } from "../../../shared/command/create.ts";
import { deviceKey } from "../../../shared/command/device.ts";
import { move } from "../../../shared/command/move.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import { jobArgs } from "../../../shared/job/args.ts";
import type { Job, TargetDevice } from "../../../shared/job/job.ts";
import { jobCommandId, presentWave } from "../../../shared/job/waves.ts";
import { inOrder } from "../../../shared/lifecycle/in-order.ts";
import type { Device } from "../../../shared/registry/device.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Stores the commands of the next devices, or finds them stored, and hands them to the worker.
 * @param together of these, so many may be sent together; the first ones.
 */
export async function makeCommands(
	deps: WorkerDeps,
	job: Job,
	count: number,
	together: number,
): Promise<void> {
	if (!job.found) return;
	const devices = await deps.jobTargets.read(job.found.set, job.made, job.made + count);
	const now = deps.clock.now();
	const wave = presentWave(job) + 1;
	const args = jobArgs(job.command);
	const known = await Promise.all(
		devices.map((device) => (args.perDevice ? knownDevice(deps, device) : undefined)),
	);
	await storeAndWake(
		deps,
		devices.map((device, index) => {
			const id = jobCommandId(job.id, deviceKey(device));
			const rendered = args.of(device, known[index]);
			const request = { ...job.command, device, ...(rendered.ok ? { args: rendered.args } : {}) };
			const made = newJobCommand(job, id, request, wave, now);
			const command = index < together ? { ...made, together: true as const } : made;
			return rendered.ok ? command : impossible(command, rendered.error);
		}),
	);
}

/** The registry's word on it; a device that is named by its iotId alone is not looked for. */
async function knownDevice(
	{ devices }: WorkerDeps,
	{ productKey, deviceName }: TargetDevice,
): Promise<Device | undefined> {
	if (!productKey || !deviceName) return undefined;
	return (await devices.find(productKey, deviceName))?.document;
}

/** It has no arguments that could be sent. */
function impossible(command: Command, error: NonNullable<Command["error"]>): Command {
	return move(command, { event: "fail", at: command.createdAt, error }) ?? command;
}

export function newJobCommand(
	job: Job,
	id: string,
	request: Parameters<typeof createCommand>[2],
	wave: number,
	now: number,
): Command {
	const by = job.by === undefined ? {} : { by: job.by };
	const source = { type: "job", ref: job.id, job: job.id, wave, ...by } as const;
	const command = createCommand(id, now, request, source);
	const endAt = Math.max(now, job.endAt ?? Number.POSITIVE_INFINITY);
	return { ...command, expiresAt: Math.min(command.expiresAt, endAt) };
}

export async function storeAndWake(deps: WorkerDeps, commands: readonly Command[]): Promise<void> {
	const stored = await Promise.all(
		commands.map(async (one) => deps.commands.createOrGet(await inOrder(deps, one))),
	);
	const waiting = stored.flatMap((one) => (one && !isTerminal(one.document.state) ? one : []));
	// Apart from the others, so that an invocation is one full call.
	const together = waiting.filter((one) => one.document.together);
	const alone = waiting.filter((one) => !one.document.together);
	await Promise.all([together, alone].map((some) => some.length > 0 && deps.worker.wake(some)));
}
