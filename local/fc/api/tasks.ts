import type { Account } from "../../account.ts";
import type { TaskRecord } from "../async/store.ts";
import { fcErrors } from "../errors.ts";
import { type Functions, findFunction } from "../functions.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import { arn, parseLimit } from "./paging.ts";

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
