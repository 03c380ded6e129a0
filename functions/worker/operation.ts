import { runOperation, type Turn } from "../../shared/operation/run.ts";
import { SYNC_ID } from "../../shared/registry/sync.ts";
import type { WorkerDeps } from "./deps.ts";
import { runSync } from "./sync/run.ts";

export interface OperationResult {
	readonly operation: string;
	/** Absent where somebody else works on it. */
	readonly state?: "running" | "completed" | "failed";
}

/**
 * Goes on with an operation, or with the sync of the registry, and near the time limit hands it to the next
 * invocation. @throws TableError: then Function Compute repeats the invocation.
 */
export async function goOn(
	deps: WorkerDeps,
	operation: string,
	turn: Turn,
): Promise<OperationResult> {
	const after = await (operation === SYNC_ID
		? readLists(deps, turn)
		: runOperation(deps, operation, turn));
	if (!after) return { operation };
	if (after.state === "running" && !("error" in after)) await deps.worker.resume(operation);
	return { operation, state: after.state };
}

const readLists = (deps: WorkerDeps, turn: Turn) =>
	runSync({ ...deps, identify: (device) => deps.platform.identify(device) }, turn);
