import { createHash } from "node:crypto";
import { elementsOf } from "../json/elements.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../json/exact.ts";
import { readTraceparent } from "../trace.ts";

/** One message of a queue, wherever it came from. */
export interface QueueMessage {
	/** Unique within `origin`, the same at each redelivery; undefined where the event has none. */
	readonly id: string | undefined;
	/** The queue or topic, for people and for telling equal ids apart. */
	readonly origin: string;
	/**
	 * The queue's or topic's own name, where the service that delivers says it:
	 * absent where whoever wrote the message could have made it up.
	 */
	readonly queue?: string;
	/** The message's content: parsed where it is JSON, otherwise the text. */
	readonly content: ExactJson;
	/** The content as it came, for the dead letters. */
	readonly text: string;
	/** When it was sent, in milliseconds since the epoch, where the event says so. */
	readonly sentAt?: number;
	/** Its trace, where the event says so (CloudEvents, "Distributed tracing extension"). */
	readonly traceparent?: string;
	/** Why `content` is nothing but the text. */
	readonly unreadable?: string;
}

/** Longer ids, such as nobody gives, are kept as their hash. */
const MAX_ID_LENGTH = 200;

/**
 * Takes the messages out of any event that a queue sends to a function: an
 * array of CloudEvents or a single one (MNS, RocketMQ, RabbitMQ and Kafka
 * through EventBridge), an MNS topic's notification, a rule engine's record,
 * or anything else as one message. Never throws: noise is a message, too, and
 * one that cannot be read leaves the others of its batch as they are.
 */
export function readQueueEvent(event: Buffer): QueueMessage[] {
	const text = event.toString("utf8");
	const parsed = tryParse(text);
	if (Array.isArray(parsed)) return parsed.map(readMessage);
	// A rule of IoT Platform hands over what a device wrote: that may look like any envelope.
	if (parsed !== undefined) return [withoutQueue(readMessage(parsed))];
	const elements = elementsOf(text);
	return elements ? elements.map(readText) : [withoutQueue(readText(text))];
}

function withoutQueue({ queue: _, ...message }: QueueMessage): QueueMessage {
	return message;
}

/** One message of a batch that cannot be read as a whole. */
function readText(text: string): QueueMessage {
	try {
		return readMessage(parseExact(text));
	} catch (error) {
		const hash = createHash("sha256").update(text).digest("hex");
		const unreadable = (error as Error).message;
		return { id: hash, origin: "event", content: text, text, unreadable };
	}
}

/** One message out of its envelope. */
export function readMessage(event: ExactJson): QueueMessage {
	if (isExactObject(event)) {
		if (event["specversion"] !== undefined && event["data"] !== undefined) {
			const sentAt = Date.parse(plain(event["time"]));
			const traceparent = readTraceparent(event["traceparent"]);
			return {
				...readCloudEvent(event),
				queue: queueOf(event),
				...(Number.isNaN(sentAt) ? {} : { sentAt }),
				...(traceparent === undefined ? {} : { traceparent }),
			};
		}
		if (event["TopicName"] !== undefined && event["Message"] !== undefined) {
			const queue = plain(event["TopicName"]);
			return { ...message(event["MessageId"], `topic ${queue}`, event["Message"]), queue };
		}
		// The stream form of an MNS topic: {body, attrs}.
		if (event["body"] !== undefined && event["attrs"] !== undefined) {
			return message(undefined, "topic", event["body"]);
		}
	}
	return message(undefined, "event", event);
}

/** `acs:mns:cn-shanghai:1234:queues/orders` is the queue `orders`; Kafka and RocketMQ name the topic beside the message. */
function queueOf({ subject, data }: ExactObject): string {
	const topic = isExactObject(data) ? data["topic"] : undefined;
	return typeof topic === "string" ? topic : (plain(subject).split("/").at(-1) ?? "");
}

function readCloudEvent(event: ExactObject): QueueMessage {
	const origin = `${plain(event["source"])} ${plain(event["subject"])}`.trim();
	const data = event["data"];
	if (!isExactObject(data)) return message(event["id"], origin, data ?? null);
	switch (event["type"]) {
		case "mns:Queue:SendMessage":
			return message(data["messageId"] ?? event["id"], origin, data["messageBody"]);
		case "mq:Topic:SendMessage": {
			const properties = data["systemProperties"];
			const key = isExactObject(properties) ? properties["UNIQ_KEY"] : undefined;
			return message(key ?? event["id"], origin, data["body"]);
		}
		case "amqp:Queue:SendMessage":
			return message(event["id"], origin, data["body"]);
		case "alikafka:Topic:Message": {
			const { topic, partition, offset } = data;
			const place = `${plain(topic)}/${plain(partition)}/${plain(offset)}`;
			return message(offset === undefined ? event["id"] : place, origin, data["value"]);
		}
		default:
			return message(event["id"], origin, data);
	}
}

function message(
	id: ExactJson | undefined,
	origin: string,
	content: ExactJson | undefined,
): QueueMessage {
	const value = content ?? null;
	return {
		id: id === undefined || id === null || id === "" ? undefined : short(plain(id)),
		origin: short(origin),
		content: typeof value === "string" ? readContent(value) : value,
		text: typeof value === "string" ? value : stringifyExact(value),
	};
}

/** A body is JSON, or base64 of JSON (the official MNS client does not escape XML), or plain text. */
export function readContent(text: string): ExactJson {
	const direct = tryParse(text);
	if (direct !== undefined) return typeof direct === "string" ? decodeBase64(direct) : direct;
	return decodeBase64(text);
}

function decodeBase64(text: string): ExactJson {
	if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(text)) return text;
	const decoded = tryParse(Buffer.from(text, "base64").toString("utf8"));
	return isExactObject(decoded) ? decoded : text;
}

function tryParse(text: string): ExactJson | undefined {
	try {
		return parseExact(text);
	} catch {
		return undefined;
	}
}

/** The text itself, unless it is too long, or holds half a character, which UTF-8 cannot carry. */
export function short(text: string): string {
	if (text.length <= MAX_ID_LENGTH && !/\p{Cs}/u.test(text)) return text;
	return createHash("sha256").update(JSON.stringify(text)).digest("hex");
}

function plain(value: ExactJson | undefined): string {
	if (value === undefined || value === null) return "";
	if (isExactNumber(value)) return value.value;
	return typeof value === "string" ? value : stringifyExact(value);
}
