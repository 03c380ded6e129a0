import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../json/exact.ts";

/** One message of a queue, wherever it came from. */
export interface QueueMessage {
	/** Unique within `origin`, the same at each redelivery; undefined where the event has none. */
	readonly id: string | undefined;
	/** The queue or topic, for people and for telling equal ids apart. */
	readonly origin: string;
	/** The message's content: parsed where it is JSON, otherwise the text. */
	readonly content: ExactJson;
	/** The content as it came, for the dead letters. */
	readonly text: string;
	/** When it was sent, in milliseconds since the epoch, where the event says so. */
	readonly sentAt?: number;
}

/**
 * Takes the messages out of any event that a queue sends to a function: an
 * array of CloudEvents or a single one (MNS, RocketMQ, RabbitMQ and Kafka
 * through EventBridge), an MNS topic's notification, a rule engine's record,
 * or anything else as one message. Never throws: noise is a message, too.
 */
export function readQueueEvent(event: Buffer): QueueMessage[] {
	const text = event.toString("utf8");
	const parsed = tryParse(text);
	if (Array.isArray(parsed)) return parsed.map(readOne);
	return [
		parsed === undefined
			? { id: undefined, origin: "event", content: text, text }
			: readOne(parsed),
	];
}

function readOne(event: ExactJson): QueueMessage {
	if (isExactObject(event)) {
		if (event["specversion"] !== undefined && event["data"] !== undefined) {
			const sentAt = Date.parse(plain(event["time"]));
			return { ...readCloudEvent(event), ...(Number.isNaN(sentAt) ? {} : { sentAt }) };
		}
		if (event["TopicName"] !== undefined && event["Message"] !== undefined) {
			return message(event["MessageId"], `topic ${plain(event["TopicName"])}`, event["Message"]);
		}
		// The stream form of an MNS topic: {body, attrs}.
		if (event["body"] !== undefined && event["attrs"] !== undefined) {
			return message(undefined, "topic", event["body"]);
		}
	}
	return message(undefined, "event", event);
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
		id: id === undefined || id === null || id === "" ? undefined : plain(id),
		origin,
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

function plain(value: ExactJson | undefined): string {
	if (value === undefined || value === null) return "";
	if (isExactNumber(value)) return value.value;
	return typeof value === "string" ? value : stringifyExact(value);
}
