import type { Account } from "../../account.ts";
import type { FunctionDefinition } from "../../stack/index.ts";
import type { TaskRecord } from "../async/store.ts";
import { fcErrors } from "../errors.ts";
import { type Functions, findFunction } from "../functions.ts";
import { type Answer, jsonAnswer } from "./answer.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** GetFunction, without the variables: they may hold secrets. */
export function getFunction(functions: Functions, account: Account, name: string): Answer {
	return jsonAnswer(200, describe(account, findFunction(functions, name).definition));
}

export function listFunctions(
	functions: Functions,
	account: Account,
	query: URLSearchParams,
): Answer {
	const prefix = query.get("prefix") ?? "";
	const after = query.get("nextToken") ?? "";
	const limit = parseLimit(query);
	const names = [...functions.invokers.keys()]
		.sort()
		.filter((name) => name.startsWith(prefix) && name > after);
	const page = names.slice(0, limit);
	const last = page.at(-1);
	return jsonAnswer(200, {
		functions: page.map((name) => describe(account, findFunction(functions, name).definition)),
		...(names.length > page.length && last ? { nextToken: last } : {}),
	});
}

export function getAsyncTask(
	functions: Functions,
	account: Account,
	name: string,
	id: string,
): Answer {
	findFunction(functions, name);
	const record = functions.store.task(name, id);
	if (!record) throw fcErrors.asyncTaskNotFound(id);
	return jsonAnswer(200, describeTask(functions, account, record, true));
}

export function listAsyncTasks(
	functions: Functions,
	account: Account,
	name: string,
	query: URLSearchParams,
): Answer {
	findFunction(functions, name);
	const limit = parseLimit(query);
	const found = functions.store.tasks(name, {
		prefix: query.get("prefix") ?? "",
		after: query.get("nextToken") ?? "",
		status: query.get("status") ?? "",
		limit: limit + 1,
	});
	const page = found.slice(0, limit);
	const last = page.at(-1);
	const withPayload = query.get("includePayload") === "true";
	return jsonAnswer(200, {
		tasks: page.map((record) => describeTask(functions, account, record, withPayload)),
		...(found.length > limit && last ? { nextToken: last.taskId } : {}),
	});
}

function parseLimit(query: URLSearchParams): number {
	const text = query.get("limit");
	if (text === null) return DEFAULT_LIMIT;
	const limit = Number(text);
	if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
		throw fcErrors.invalidArgument(`limit must be 1 to ${MAX_LIMIT}, is '${text}'`);
	}
	return limit;
}

function arn(account: Account, functionName: string): string {
	return `acs:fc:${account.region}:${account.accountId}:functions/${functionName}`;
}

function describe(account: Account, definition: FunctionDefinition): Record<string, unknown> {
	return {
		functionName: definition.functionName,
		functionArn: arn(account, definition.functionName),
		description: definition.description,
		runtime: definition.runtime,
		handler: definition.handler,
		cpu: definition.cpu,
		memorySize: definition.memoryMb,
		diskSize: definition.diskMb,
		timeout: definition.timeoutSeconds,
		instanceConcurrency: definition.instanceConcurrency,
		state: "Active",
		lastUpdateStatus: "Successful",
	};
}

function describeTask(
	functions: Functions,
	account: Account,
	record: TaskRecord,
	withPayload: boolean,
): Record<string, unknown> {
	return {
		taskId: record.taskId,
		requestId: record.requestId,
		functionArn: arn(account, record.functionName),
		qualifier: "LATEST",
		status: functions.queue.isRunning(record.requestId) ? "Running" : record.status,
		startedTime: record.acceptedAt,
		...(record.endedAt === undefined ? {} : { endTime: record.endedAt }),
		durationMs: record.durationMs,
		instanceId: record.instanceId,
		alreadyRetriedTimes: Math.max(0, record.attempts - 1),
		taskErrorMessage: record.errorMessage,
		...(withPayload && record.payload !== undefined ? { taskPayload: record.payload } : {}),
	};
}
