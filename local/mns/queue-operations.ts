import type { QueueEngine } from "./engine.ts";
import { MnsError, outOfRange } from "./errors.ts";
import { MAX_LIST_QUEUES } from "./limits.ts";
import { DEFAULT_ATTRIBUTES, readQueueAttributes } from "./queue-attributes.ts";
import { type Reply, xmlReply } from "./reply.ts";
import type { MnsRequest } from "./request.ts";
import type { QueueRow } from "./store.ts";
import { parseXml, type XmlFields } from "./xml.ts";

/** CreateQueue: 201 for a new queue, 204 for one that is there with the same attributes. */
export function createQueue(engine: QueueEngine, request: MnsRequest, name: string): Reply {
	const attributes = readQueueAttributes(parseXml(request.body, "Queue"), DEFAULT_ATTRIBUTES);
	const isNew = engine.create(name, attributes);
	return { status: isNew ? 201 : 204, location: addressOf(request, name) };
}

/** SetQueueAttributes: what the document leaves out stays as it is. */
export function setQueueAttributes(engine: QueueEngine, request: MnsRequest, name: string): Reply {
	const document = parseXml(request.body, "Queue");
	engine.setAttributes(name, (present) => readQueueAttributes(document, present));
	return { status: 204 };
}

export function getQueueAttributes(engine: QueueEngine, name: string): Reply {
	return xmlReply(200, "Queue", attributeFields(engine, engine.queue(name)));
}

export function deleteQueue(engine: QueueEngine, name: string): Reply {
	engine.delete(name);
	return { status: 204 };
}

/** ListQueue: prefix, marker and page size travel in headers. */
export function listQueues(engine: QueueEngine, request: MnsRequest): Reply {
	const prefix = request.header("x-mns-prefix") ?? "";
	const marker = readMarker(request.header("x-mns-marker"));
	const max = pageSize(request.header("x-mns-ret-number"));
	const withMeta = request.header("x-mns-with-meta")?.toLowerCase() === "true";
	const matching = engine.queues().filter(({ name }) => name.startsWith(prefix) && name > marker);
	const page = matching.slice(0, max);
	const last = page.at(-1);
	return xmlReply(200, "Queues", {
		Queue: page.map((queue) => ({
			QueueURL: addressOf(request, queue.name),
			...(withMeta ? attributeFields(engine, queue) : {}),
		})),
		NextMarker:
			last && matching.length > page.length
				? Buffer.from(last.name).toString("base64url")
				: undefined,
	});
}

function attributeFields(engine: QueueEngine, queue: QueueRow): XmlFields {
	const { attributes } = queue;
	const counts = engine.counts(queue);
	const { deadLetter } = attributes;
	return {
		QueueName: queue.name,
		// Times of a queue are in seconds, those of a message in milliseconds (page GetQueueAttributes).
		CreateTime: Math.floor(queue.createdAt / 1_000),
		LastModifyTime: Math.floor(queue.modifiedAt / 1_000),
		DelaySeconds: attributes.delaySeconds,
		MaximumMessageSize: attributes.maximumMessageBytes,
		MessageRetentionPeriod: attributes.retentionSeconds,
		VisibilityTimeout: attributes.visibilitySeconds,
		PollingWaitSeconds: attributes.pollingWaitSeconds,
		ActiveMessages: counts.active,
		InactiveMessages: counts.inactive,
		DelayMessages: counts.delayed,
		LoggingEnabled: attributes.loggingEnabled ? "True" : "False",
		DlqPolicy: deadLetter && {
			Enabled: deadLetter.enabled,
			DeadLetterTargetQueue: deadLetter.targetQueue,
			MaxReceiveCount: deadLetter.maxReceiveCount,
		},
	};
}

function addressOf(request: MnsRequest, name: string): string {
	return `${request.baseUrl}/queues/${name}`;
}

function readMarker(marker: string | undefined): string {
	if (!marker) return "";
	const name = Buffer.from(marker, "base64url").toString("utf8");
	if (Buffer.from(name).toString("base64url") !== marker) {
		throw new MnsError("InvalidArgument", "The value of x-mns-marker is not valid.");
	}
	return name;
}

function pageSize(text: string | undefined): number {
	if (text === undefined || text === "") return MAX_LIST_QUEUES;
	const size = /^\d{1,6}$/.test(text) ? Number(text) : 0;
	if (size < 1 || size > MAX_LIST_QUEUES) throw outOfRange("x-mns-ret-number", 1, MAX_LIST_QUEUES);
	return size;
}
