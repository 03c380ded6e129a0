import type { Command } from "../../shared/command/command.ts";
import { isTerminal } from "../../shared/command/state.ts";
import { type FcContext, timeLimit } from "../../shared/fc/context.ts";
import { readJobPayload } from "../../shared/fc/job-invoker.ts";
import { readPayload } from "../../shared/fc/worker-invoker.ts";
import type { Stored } from "../../shared/stored.ts";
import { mayPass } from "../../shared/table/table.ts";
import { traceOf } from "../../shared/trace.ts";
import type { Limits } from "./attempt.ts";
import type { WorkerDeps } from "./deps.ts";
import { driveJob, type JobResult } from "./job/drive.ts";
import { goOn, type OperationResult } from "./operation.ts";
import { sendCommand } from "./send.ts";
import { Together } from "./together.ts";

/** What the hand-over itself needs at the end of an invocation. */
const END_MARGIN_MS = 5_000;

export interface WorkerResult {
	/** Commands that were brought as far as they go for now. */
	readonly done: number;
	/** Commands left for a later invocation. */
	readonly handedOn: number;
	/** Commands that another invocation in this process has already. */
	readonly underWay: number;
}

/**
 * Moves a job on, or sends a batch of commands, all at once. Near the time limit it begins nothing
 * new and invokes the worker again for the rest.
 * @throws Error if the payload is malformed, or if the table store failed for
 *   some command: Function Compute then repeats the invocation, which is safe.
 */
export function createHandler(ofProcess: WorkerDeps) {
	const underWay = new Set<string>();
	const together = new Together(ofProcess);
	let active = 0;
	return async (
		event: Buffer,
		context: FcContext,
	): Promise<WorkerResult | OperationResult | JobResult> => {
		const deps = { ...ofProcess, log: ofProcess.log.with({ requestId: context.requestId }) };
		const startedAt = deps.clock.now();
		const limits: Limits = {
			owner: `${context.requestId} ${startedAt}`,
			stopAt: timeLimit(context, startedAt) - deps.maxCallMs - END_MARGIN_MS,
		};
		const job = readJobPayload(event);
		if (job !== undefined) return driveJob(deps, job, limits);
		const payload = readPayload(event);
		if ("operation" in payload) {
			const until = timeLimit(context, startedAt) - 2 * END_MARGIN_MS;
			return goOn(deps, payload.operation, { owner: context.requestId, until });
		}
		const { commands, unreadable } = payload;
		if (unreadable.length > 0) deps.log.error("commands could not be read", { unreadable });
		active++;
		const fresh = commands.filter(({ document }) => !underWay.has(document.id));
		const results = await Promise.allSettled(
			fresh.map(async (stored) => {
				underWay.add(stored.document.id);
				try {
					return await sendOrFail(deps, together, stored, limits);
				} finally {
					underWay.delete(stored.document.id);
				}
			}),
		);
		const left = results.flatMap((result) =>
			result.status === "fulfilled" && result.value ? [result.value] : [],
		);
		if (left.length > 0) await deps.worker.wake(left);
		// Without an invocation the instance's time may be stopped, and the others must not count on it.
		if (--active === 0) await deps.quota.leave();
		deps.meter.flush(deps.log, active === 0);
		const failures = results.filter((result) => result.status === "rejected");
		if (failures.length > 0) {
			throw new Error(`${failures.length} of ${commands.length} commands: ${failures[0]?.reason}`);
		}
		return {
			done: fresh.length - left.length,
			handedOn: left.length,
			underWay: commands.length - fresh.length,
		};
	};
}

/** A command that cannot even be tried ends as failed, and is not tried again and again. */
async function sendOrFail(
	deps: WorkerDeps,
	together: Together,
	stored: Stored<Command>,
	limits: Limits,
): Promise<Stored<Command> | undefined> {
	try {
		if (stored.document.together) return await together.send(stored, limits);
		return await sendCommand(deps, stored, limits);
	} catch (error) {
		if (mayPass(error)) throw error;
		const { name, message } = error as Error;
		const { id, source } = stored.document;
		deps.log.error("a command could not be sent", {
			command: id,
			...traceOf({ source }),
			error: message,
		});
		await giveUp(deps, stored, `${name}: ${message}`);
		return undefined;
	}
}

/** Its row may be what is wrong with it: then nothing can be written, and the others go on. */
async function giveUp(deps: WorkerDeps, stored: Stored<Command>, message: string): Promise<void> {
	try {
		await deps.commands.change(stored, ({ state }) => {
			// What has ended meanwhile has another's outcome.
			if (isTerminal(state) || state === "sent") return undefined;
			const event = state === "sending" ? "lose" : "fail";
			return { event, at: deps.clock.now(), error: { code: "InternalError", message } };
		});
	} catch (error) {
		if (mayPass(error)) throw error;
		deps.log.error("a command could not be given up", {
			command: stored.document.id,
			error: String(error),
		});
	}
}
