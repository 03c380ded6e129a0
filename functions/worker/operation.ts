import { type RunDeps, runOperation, type Turn } from "../../shared/operation/run.ts";
import type { WorkerDeps } from "./deps.ts";

export interface OperationResult {
	readonly operation: string;
	/** Absent where somebody else works on it. */
	readonly state?: "running" | "completed";
}

/**
 * Goes on with an operation, and near the time limit hands it to the next
 * invocation. @throws TableError: then Function Compute repeats the invocation.
 */
export async function goOn(
	deps: RunDeps & Pick<WorkerDeps, "worker">,
	operation: string,
	turn: Turn,
): Promise<OperationResult> {
	const after = await runOperation(deps, operation, turn);
	if (!after) return { operation };
	if (after.state === "running") await deps.worker.resume(operation);
	return { operation, state: after.state };
}
