import pLimit from "p-limit";
import * as z from "zod";
import { type FcContext, timeLimit } from "../../shared/fc/context.ts";
import { WORKER_BATCH } from "../../shared/fc/worker-invoker.ts";
import type { WorkerDeps } from "./deps.ts";
import { sendCommand } from "./send.ts";

const payloadSchema = z.strictObject({ commands: z.array(z.string().min(1)).min(1) });

/** Commands under way at once in one invocation. */
const CONCURRENCY = WORKER_BATCH;
/** What the hand-over itself needs at the end of an invocation. */
const END_MARGIN_MS = 5_000;

export interface WorkerResult {
	/** Commands that were brought as far as they go for now. */
	readonly done: number;
	/** Commands left for a later invocation. */
	readonly handedOn: number;
}

/**
 * Sends a batch of commands. Near the time limit it begins nothing new and
 * invokes the worker again for the rest.
 * @throws Error if the payload is malformed, or if the table store failed for
 *   some command: Function Compute then repeats the invocation, which is safe.
 */
export function createHandler(deps: WorkerDeps) {
	return async (event: Buffer, context: FcContext): Promise<WorkerResult> => {
		const startedAt = deps.clock.now();
		const { commands } = payloadSchema.parse(JSON.parse(event.toString("utf8")));
		const stopAt = timeLimit(context, startedAt) - deps.maxCallMs - END_MARGIN_MS;
		const owner = `${context.requestId} ${startedAt}`;
		const limit = pLimit(CONCURRENCY);
		const results = await Promise.allSettled(
			commands.map((id) =>
				limit(async () => ({
					id,
					wakeAt:
						deps.clock.now() < stopAt
							? await sendCommand(deps, id, owner, stopAt)
							: deps.clock.now(),
				})),
			),
		);
		await deps.quota.leave();
		const left = results.flatMap((result) =>
			result.status === "fulfilled" && result.value.wakeAt !== undefined
				? [{ id: result.value.id, wakeAt: result.value.wakeAt }]
				: [],
		);
		await handOn(deps, left, context.requestId);
		const failures = results.filter((result) => result.status === "rejected");
		if (failures.length > 0) {
			throw new Error(`${failures.length} of ${commands.length} commands: ${failures[0]?.reason}`);
		}
		return { done: commands.length - left.length, handedOn: left.length };
	};
}

/** One invocation for all that fall due within the same second. */
async function handOn(
	deps: WorkerDeps,
	left: readonly { readonly id: string; readonly wakeAt: number }[],
	requestId: string,
): Promise<void> {
	const bySecond = new Map<number, string[]>();
	for (const { id, wakeAt } of left) {
		const second = Math.max(0, Math.ceil((wakeAt - deps.clock.now()) / 1000));
		bySecond.set(second, [...(bySecond.get(second) ?? []), id]);
	}
	for (const [second, ids] of bySecond) {
		await deps.worker.wake(ids, `after ${requestId} in ${second}`, second * 1000);
	}
}
