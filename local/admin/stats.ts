import type { AdminParts } from "./operations.ts";

/** What was asked of each service, and what the functions used, since the last reset. */
export function stats({ stack, fc, tablestore, iot, mns }: AdminParts): object {
	const used = stack.functions.map(({ resource, functionName }) => [
		resource,
		fc.usage(functionName),
	]);
	return {
		tablestore: { requests: tablestore.requests.counts, rows: tablestore.rows.counts },
		iot: { requests: iot.requests.counts },
		mns: { requests: mns.requests.counts },
		functions: Object.fromEntries(used),
	};
}

export function resetStats({ fc, tablestore, iot, mns }: AdminParts): object {
	for (const counter of [tablestore.requests, tablestore.rows, iot.requests, mns.requests]) {
		counter.reset();
	}
	fc.resetUsage();
	return {};
}
