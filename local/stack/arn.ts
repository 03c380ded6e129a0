import type { Destination } from "./model.ts";

/**
 * `acs:mns:<region>:<account>:/queues/<name>/messages` as a destination,
 * `acs:mns:<region>:<account>:/queues/<name>` as a dead-letter queue.
 */
const QUEUE_ARN = /^acs:mns:[\w-]*:\w*:\/?queues\/([\w-]+)(?:\/messages)?$/;

/** `acs:fc:<region>:<account>:functions/<name>`, in 2.0 `…:services/<service>/functions/<name>`. */
const FUNCTION_ARN = /^acs:fc:[\w-]*:\w*:(?:services\/[\w.-]+\/)?functions\/([\w-]+)(?:\/[\w-]+)?$/;

export function parseQueueArn(arn: string): string | undefined {
	return QUEUE_ARN.exec(arn)?.[1];
}

export function parseDestination(arn: string): Destination | undefined {
	const queue = parseQueueArn(arn);
	if (queue) return { type: "queue", queue };
	const functionName = FUNCTION_ARN.exec(arn)?.[1];
	return functionName ? { type: "function", functionName } : undefined;
}
