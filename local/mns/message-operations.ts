import { createHash } from "node:crypto";
import type { QueueEngine } from "./engine.ts";
import { MnsError, outOfRange, schemaViolation } from "./errors.ts";
import {
	DEFAULT_PRIORITY,
	DELAY_SECONDS,
	MAX_BATCH_BYTES,
	MAX_BATCH_MESSAGES,
	MAX_PRIORITY,
	MIN_PRIORITY,
	VISIBILITY_SECONDS,
} from "./limits.ts";
import { integer } from "./queue-attributes.ts";
import { type Reply, xmlReply } from "./reply.ts";
import { type MnsRequest, queryInteger } from "./request.ts";
import type { MessageProperties, NewMessage, QueueRow, Sent, StoredMessage } from "./store.ts";
import { childrenOf, isNode, parseXml, textOf, type XmlFields, type XmlNode } from "./xml.ts";

const PRIORITY = { low: MIN_PRIORITY, high: MAX_PRIORITY };

/** SendMessage and BatchSendMessage share an address; the document's root tells which it is. */
export function sendMessages(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	return isBatch(request.body)
		? sendBatch(engine, request, queue)
		: sendOne(engine, request, queue);
}

function sendOne(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	const message = readMessage(parseXml(request.body, "Message"), queue);
	const [sent] = engine.send(queue, [message]);
	return xmlReply(201, "Message", sentFields(sent, message));
}

function sendBatch(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	const nodes = childrenOf(parseXml(request.body, "Messages"), "Message");
	if (nodes.length < 1 || nodes.length > MAX_BATCH_MESSAGES) {
		throw outOfRange("Messages", 1, MAX_BATCH_MESSAGES);
	}
	const messages = nodes.map((node) => readMessage(isNode(node) ? node : {}, queue));
	const bytes = messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
	if (bytes > MAX_BATCH_BYTES) throw outOfRange("Messages", 1, MAX_BATCH_BYTES, "bytes");
	const sent = engine.send(queue, messages);
	return xmlReply(201, "Messages", {
		Message: messages.map((message, index) => sentFields(sent[index], message)),
	});
}

/** PeekMessage and BatchPeekMessage: what a receive would take, left visible. */
export function peekMessages(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	const count = batchSize(request);
	const messages = engine.peek(queue, count ?? 1);
	return messagesReply(messages.map(peekedFields), count !== undefined);
}

/** The answer of ReceiveMessage, or of BatchReceiveMessage if `numOfMessages` was given. */
export function receivedReply(messages: readonly StoredMessage[], isBatchReply: boolean): Reply {
	return messagesReply(messages.map(receivedFields), isBatchReply);
}

/** `numOfMessages`; undefined if the request is for a single message. */
export function batchSize(request: MnsRequest): number | undefined {
	const count = queryInteger(request, "numOfMessages");
	if (count !== undefined && (count < 1 || count > MAX_BATCH_MESSAGES)) {
		throw outOfRange("numOfMessages", 1, MAX_BATCH_MESSAGES);
	}
	return count;
}

/** DeleteMessage by query; BatchDeleteMessage by document, which names those that failed. */
export function deleteMessages(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	const single = request.query.get("receipthandle");
	if (single !== undefined && single !== "") {
		const removal = engine.remove(queue, single);
		if (removal !== "removed") throw new MnsError(errorCodeOf(removal));
		return { status: 204 };
	}
	if (request.body.length === 0) throw new MnsError("MissingReceiptHandle");
	const handles = childrenOf(parseXml(request.body, "ReceiptHandles"), "ReceiptHandle");
	if (handles.length === 0) throw new MnsError("MissingReceiptHandle");
	if (handles.length > MAX_BATCH_MESSAGES)
		throw outOfRange("ReceiptHandles", 1, MAX_BATCH_MESSAGES);
	const failures: XmlFields[] = [];
	for (const handle of handles) {
		if (typeof handle !== "string") throw schemaViolation("ReceiptHandle");
		const removal = engine.remove(queue, handle.trim());
		if (removal === "removed") continue;
		const error = new MnsError(errorCodeOf(removal));
		failures.push({ ErrorCode: error.code, ErrorMessage: error.message, ReceiptHandle: handle });
	}
	// A partial failure is 404 with one entry for each failed handle (page BatchDeleteMessage).
	return failures.length === 0 ? { status: 204 } : xmlReply(404, "Errors", { Error: failures });
}

export function changeVisibility(engine: QueueEngine, request: MnsRequest, queue: QueueRow): Reply {
	const receiptHandle = request.query.get("receipthandle");
	if (!receiptHandle) throw new MnsError("MissingReceiptHandle");
	const seconds = queryInteger(request, "VisibilityTimeout");
	if (seconds === undefined) throw new MnsError("MissingVisibilityTimeout");
	const { low, high } = VISIBILITY_SECONDS;
	if (seconds < low || seconds > high) throw outOfRange("VisibilityTimeout", low, high, "seconds");
	const changed = engine.changeVisibility(queue, receiptHandle, seconds * 1_000);
	return xmlReply(200, "ChangeVisibility", {
		ReceiptHandle: changed.receiptHandle,
		NextVisibleTime: changed.visibleAt,
	});
}

/** Looks at the root element's name only; whether the document is well-formed shows in parsing. */
export function isBatch(body: Buffer): boolean {
	return /^(?:[^<]*<[?!][^>]*>)*[^<]*<(?:[\w.-]+:)?Messages[\s/>]/.test(
		body.subarray(0, 512).toString("utf8"),
	);
}

function readMessage(node: XmlNode, queue: QueueRow): NewMessage {
	const delaySeconds =
		integer(node, "DelaySeconds", DELAY_SECONDS, "seconds") ?? queue.attributes.delaySeconds;
	return {
		body: textOf(node, "MessageBody") ?? "",
		priority: integer(node, "Priority", PRIORITY, "") ?? DEFAULT_PRIORITY,
		delayMs: delaySeconds * 1_000,
		properties: readProperties(node),
	};
}

/** Of no effect here: they go to the receiver as they came (newer clients' message properties). */
const PROPERTIES = ["UserProperties", "SystemProperties", "MessageGroupId"];

function readProperties(node: XmlNode): MessageProperties | undefined {
	const present = Object.entries(node).filter(([name]) => PROPERTIES.includes(name));
	return present.length > 0 ? Object.fromEntries(present) : undefined;
}

function messagesReply(fields: readonly XmlFields[], isBatchReply: boolean): Reply {
	const [first] = fields;
	if (!first) throw new MnsError("MessageNotExist");
	return isBatchReply
		? xmlReply(200, "Messages", { Message: fields })
		: xmlReply(200, "Message", first);
}

function sentFields(sent: Sent | undefined, message: NewMessage): XmlFields {
	return {
		MessageId: sent?.messageId,
		MessageBodyMD5: md5(message.body),
		ReceiptHandle: sent?.receiptHandle,
	};
}

function peekedFields(message: StoredMessage): XmlFields {
	return messageFields(message, {});
}

function receivedFields(message: StoredMessage): XmlFields {
	const { receiptHandle, visibleAt } = message;
	return messageFields(message, { receiptHandle, visibleAt });
}

/**
 * In the documented order ("ReceiveMessage"): clients in other languages read
 * the answer element by element, and take what comes after the properties for
 * one of them.
 */
function messageFields(
	message: StoredMessage,
	receipt: { readonly receiptHandle?: string; readonly visibleAt?: number },
): XmlFields {
	const { MessageGroupId, SystemProperties, UserProperties } = message.properties ?? {};
	return {
		MessageId: message.messageId,
		ReceiptHandle: receipt.receiptHandle,
		MessageBodyMD5: md5(message.body),
		MessageBody: message.body,
		EnqueueTime: message.enqueuedAt,
		NextVisibleTime: receipt.visibleAt,
		FirstDequeueTime: message.firstDequeuedAt,
		DequeueCount: message.dequeueCount,
		Priority: message.priority,
		MessageGroupId,
		SystemProperties,
		UserProperties,
	};
}

function errorCodeOf(removal: "gone" | "malformed"): "MessageNotExist" | "ReceiptHandleError" {
	return removal === "gone" ? "MessageNotExist" : "ReceiptHandleError";
}

function md5(text: string): string {
	return createHash("md5").update(text).digest("hex").toUpperCase();
}
