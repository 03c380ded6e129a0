import type { Clock } from "../clock/clock.ts";
import type { QueueEngine } from "./engine.ts";
import { MnsError, outOfRange } from "./errors.ts";
import { WAIT_SECONDS } from "./limits.ts";
import { poll } from "./long-poll.ts";
import {
	batchSize,
	changeVisibility,
	deleteMessages,
	peekMessages,
	receivedReply,
	sendMessages,
} from "./message-operations.ts";
import {
	createQueue,
	deleteQueue,
	getQueueAttributes,
	listQueues,
	setQueueAttributes,
} from "./queue-operations.ts";
import type { Reply } from "./reply.ts";
import { type MnsRequest, queryInteger } from "./request.ts";

/** From method and path to the operation. */
export async function route(
	engine: QueueEngine,
	clock: Clock,
	request: MnsRequest,
): Promise<Reply> {
	const [kind, name, part, ...rest] = request.path;
	if (rest.length > 0) throw new MnsError("InvalidRequestURL");
	if (kind === "topics") throw topicsAbsent(request);
	if (kind !== "queues") throw new MnsError("InvalidRequestURL");
	if (name === undefined) {
		if (request.method !== "GET") throw new MnsError("InvalidRequestURL");
		return listQueues(engine, request);
	}
	if (part === undefined) return routeQueue(engine, request, name);
	if (part === "messages") return routeMessages(engine, clock, request, name);
	throw new MnsError("InvalidRequestURL");
}

function routeQueue(engine: QueueEngine, request: MnsRequest, name: string): Reply {
	switch (request.method) {
		case "PUT":
			return request.query.get("metaoverride")?.toLowerCase() === "true"
				? setQueueAttributes(engine, request, name)
				: createQueue(engine, request, name);
		case "GET":
			return getQueueAttributes(engine, name);
		case "DELETE":
			return deleteQueue(engine, name);
		default:
			throw new MnsError("InvalidRequestURL");
	}
}

async function routeMessages(
	engine: QueueEngine,
	clock: Clock,
	request: MnsRequest,
	name: string,
): Promise<Reply> {
	const queue = engine.queue(name);
	switch (request.method) {
		case "POST":
			return sendMessages(engine, request, queue);
		case "PUT":
			return changeVisibility(engine, request, queue);
		case "DELETE":
			return deleteMessages(engine, request, queue);
		case "GET": {
			if (request.query.get("peekonly")?.toLowerCase() === "true") {
				return peekMessages(engine, request, queue);
			}
			const count = batchSize(request);
			const waitMs = (waitSeconds(request) ?? queue.attributes.pollingWaitSeconds) * 1_000;
			const { signal } = request;
			const messages = await poll(engine, clock, { queue: name, max: count ?? 1, waitMs, signal });
			return receivedReply(messages, count !== undefined);
		}
		default:
			throw new MnsError("InvalidRequestURL");
	}
}

function waitSeconds(request: MnsRequest): number | undefined {
	const seconds = queryInteger(request, "waitseconds");
	const { low, high } = WAIT_SECONDS;
	if (seconds !== undefined && (seconds < low || seconds > high)) {
		throw outOfRange("waitseconds", low, high, "seconds");
	}
	return seconds;
}

/** This service has queues only: no topic exists, and none can be made. */
function topicsAbsent(request: MnsRequest): MnsError {
	const named = request.path.length > 1;
	const creates = request.method === "PUT" && request.path.length === 2;
	return new MnsError(named && !creates ? "TopicNotExist" : "InvalidRequestURL");
}
