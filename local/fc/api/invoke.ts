import { fcErrors } from "../errors.ts";
import { type Functions, findFunction, MAX_ASYNC_PAYLOAD_BYTES } from "../functions.ts";
import type { Invocation } from "../invoker.ts";
import type { Answer } from "./answer.ts";

/** `x-fc-async-delay` is 0–3600 s ("Asynchronous invocation"). */
const MAX_DELAY_SECONDS = 3_600;
const TASK_ID = /^[A-Za-z_][\w-]{0,127}$/;

export interface InvokeRequest {
	readonly requestId: string;
	readonly functionName: string;
	readonly qualifier: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

export function isAsync(headers: Readonly<Record<string, string>>): boolean {
	const type = headers["x-fc-invocation-type"] ?? "Sync";
	if (type.toLowerCase() === "async") return true;
	if (type.toLowerCase() === "sync") return false;
	throw fcErrors.invalidArgument(`x-fc-invocation-type must be Sync or Async, is '${type}'`);
}

/** InvokeFunction of both editions. */
export async function invokeFunction(
	functions: Functions,
	request: InvokeRequest,
): Promise<Answer> {
	const invoker = findFunction(functions, request.functionName);
	if (request.qualifier !== "" && request.qualifier !== "LATEST") {
		throw fcErrors.versionNotFound(request.qualifier, request.functionName);
	}
	if (isAsync(request.headers)) return accept(functions, request);
	const tail = request.headers["x-fc-log-type"] === "Tail";
	const invocation = await invoker.invoke(request.requestId, request.body, tail);
	return toAnswer(request.functionName, invocation, tail);
}

function accept(functions: Functions, request: InvokeRequest): Answer {
	const { headers, body, functionName, requestId } = request;
	if (body.length > MAX_ASYNC_PAYLOAD_BYTES) {
		throw fcErrors.payloadTooLarge(MAX_ASYNC_PAYLOAD_BYTES);
	}
	const delaySeconds = parseDelay(headers["x-fc-async-delay"]);
	const given = headers["x-fc-async-task-id"] ?? headers["x-fc-stateful-async-invocation-id"];
	if (given !== undefined && !TASK_ID.test(given)) {
		throw fcErrors.invalidArgument(
			`the task id '${given}' is not a letter or underscore followed by up to 127 letters, digits, underscores and hyphens`,
		);
	}
	const { task } = findFunction(functions, functionName).definition.async;
	// Without asyncTask in s.yaml the id is without effect, as in the cloud.
	const taskId = task ? given : undefined;
	functions.queue.accept(functionName, {
		requestId,
		payload: body,
		delayMs: delaySeconds * 1_000,
		...(taskId === undefined ? {} : { taskId }),
	});
	const headersOut: Record<string, string> = {};
	if (task) headersOut["x-fc-async-task-id"] = taskId ?? requestId;
	return { status: 202, headers: headersOut, body: Buffer.alloc(0) };
}

function parseDelay(text: string | undefined): number {
	if (text === undefined) return 0;
	const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
	if (!(seconds <= MAX_DELAY_SECONDS)) {
		throw fcErrors.invalidArgument(
			`x-fc-async-delay must be 0 to ${MAX_DELAY_SECONDS} seconds, is '${text}'`,
		);
	}
	return seconds;
}

/** An error of the function is a 200 with a header that says so. */
function toAnswer(functionName: string, invocation: Invocation, tail: boolean): Answer {
	if (invocation.type === "throttled") {
		throw fcErrors.resourceExhausted(functionName, invocation.limit);
	}
	const { stats } = invocation;
	const headers: Record<string, string> = {
		"content-type": "application/octet-stream",
		"x-fc-invocation-duration": String(stats.durationMs),
		"x-fc-max-memory-usage": String(stats.maxMemoryMb),
		"x-fc-instance-id": stats.instanceId,
	};
	if (tail) headers["x-fc-log-result"] = stats.logTail;
	if (invocation.type === "error") {
		headers["content-type"] = "application/json";
		headers["x-fc-error-type"] = invocation.errorType;
	}
	return { status: 200, headers, body: invocation.payload };
}
