import type { Clock } from "../../shared/clock.ts";
import type { OperationInvoker } from "../../shared/fc/worker-invoker.ts";
import type { Log } from "../../shared/log.ts";
import { SYNC_ID } from "../../shared/registry/sync.ts";
import type { OperationStore } from "../../shared/store/operation-store.ts";
import type { SyncStore } from "../../shared/store/sync-store.ts";

export interface OperationsDeps {
	readonly operations: OperationStore;
	readonly syncs: SyncStore;
	readonly worker: OperationInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

/**
 * Has the worker go on with every operation, and the sync of the registry, that nobody works on.
 * @returns how many there are.
 */
export async function resumeOperations(deps: OperationsDeps): Promise<number> {
	let count = 0;
	try {
		for await (const ids of deps.operations.due(deps.clock.now())) {
			await Promise.all(ids.map((id) => deps.worker.resume(id)));
			count += ids.length;
		}
		if (await deps.syncs.isDue(deps.clock.now())) {
			await deps.worker.resume(SYNC_ID);
			count++;
		}
	} catch (error) {
		// The sweep must not wait for it; the next tick looks again.
		deps.log.error("operations were not resumed", { error: String(error) });
	}
	return count;
}
