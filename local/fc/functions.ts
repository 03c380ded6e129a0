import type { AsyncQueue } from "./async/queue.ts";
import type { AsyncStore } from "./async/store.ts";
import { fcErrors } from "./errors.ts";
import type { FunctionInvoker } from "./invoker.ts";

/** Request bodies of synchronous invocations ("Limits", 32 MB). */
export const MAX_SYNC_PAYLOAD_BYTES = 32 * 1024 * 1024;
/** Request bodies of asynchronous invocations ("Limits", 128 KB). */
export const MAX_ASYNC_PAYLOAD_BYTES = 128 * 1024;

/** The functions that there are, and the queue of their asynchronous requests. */
export interface Functions {
	readonly invokers: ReadonlyMap<string, FunctionInvoker>;
	readonly queue: AsyncQueue;
	readonly store: AsyncStore;
}

/** @throws FcError 404 */
export function findFunction(functions: Functions, name: string): FunctionInvoker {
	const invoker = functions.invokers.get(name);
	if (!invoker) throw fcErrors.functionNotFound(name);
	return invoker;
}
