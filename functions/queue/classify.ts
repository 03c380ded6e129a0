import type { CommandRequest, Reply } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import {
	deviceNameSchema,
	iotIdSchema,
	parseQueuedCommand,
	productKeySchema,
} from "../../shared/command/request.ts";
import { readContent } from "../../shared/fc/queue-event.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../../shared/json/exact.ts";
import type { Door } from "./doors.ts";

/** What a message is, told by its content and by the door that it came by. */
export type Content =
	| { readonly kind: "command"; readonly request: CommandRequest; readonly idempotencyKey?: string }
	| {
			readonly kind: "reply";
			readonly device: DeviceRef;
			readonly messageId: string;
			/** What it is the reply of, where its topic says so. */
			readonly service?: string;
			readonly reply: Omit<Reply, "at">;
			readonly body: ExactObject;
	  }
	| {
			readonly kind: "status";
			readonly device: DeviceRef;
			readonly online: boolean;
			readonly body: ExactObject;
	  }
	/** An event, a property post, or another message of the platform that no command awaits. */
	| {
			readonly kind: "telemetry";
			readonly topic: string;
			readonly device: DeviceRef;
			readonly body: ExactObject;
	  }
	/** With a body: an object that a reaction may still know what to do with. */
	| { readonly kind: "noise"; readonly reason: string; readonly body?: ExactObject };

type Noise = Extract<Content, { kind: "noise" }>;

const REPLY_TOPIC = /\/thing\/downlink\/reply\/message$/;
const SERVICE_TOPIC = /\/thing\/service\/(.+?)(?:_reply)?$/;
const STATUS_TOPIC = /^\/as\/mqtt\/status\//;
/** Ids of the platform's messages have some 20 digits. */
const MAX_MESSAGE_ID_LENGTH = 128;

const noise = (reason: string): Noise => ({ kind: "noise", reason });

/**
 * What devices report is never a command, and what comes where commands come is
 * never a device's word.
 */
export function classify(content: ExactJson, door: Door): Content {
	if (!isExactObject(content)) return noise(whyNoObject(content));
	const asCommand = "device" in content || "service" in content;
	if (door === "events") {
		const found = reportIn(content);
		return found.kind === "noise" && asCommand
			? { ...found, reason: "a command that came where devices report, and no command is taken" }
			: found;
	}
	if (asCommand) return readCommand(content);
	const found = reportIn(content);
	return found.kind === "noise"
		? found
		: noise(`a ${found.kind} that came where commands are taken, and nothing else`);
}

function reportIn(content: ExactObject): Content {
	const { topic, payload } = content;
	if (typeof topic !== "string") return fromPlatform("", content);
	// Server-side subscription wraps each message of the platform: {messageid, topic, payload: base64}.
	return fromPlatform(topic, typeof payload === "string" ? readContent(payload) : content);
}

function whyNoObject(content: ExactJson): string {
	if (typeof content !== "string") return "the message is not a JSON object";
	try {
		parseExact(content);
		return "the message is not a JSON object";
	} catch (error) {
		return `the message is not a JSON object: ${(error as Error).message}`;
	}
}

function readCommand(content: ExactObject): Content {
	const parsed = parseQueuedCommand(content);
	if (parsed.ok) return { kind: "command", ...parsed.value };
	const reason = parsed.errors.map(({ pointer, detail }) => `${pointer || "body"}: ${detail}`);
	return noise(`a command that is malformed: ${reason.join("; ")}`);
}

function fromPlatform(topic: string, body: ExactJson): Content {
	if (!isExactObject(body)) return noise(`the payload of ${topic} is not a JSON object`);
	const device = deviceOf(body);
	if (!device) return noise("the names of its device are such as no device has");
	const named = deviceKeys(device).length > 0;
	const messageId = digits(body["requestId"]);
	if (messageId !== undefined && !isMessageId(messageId)) {
		return noise("its requestId is such as no message has");
	}
	const code = Number(digits(body["code"]) ?? Number.NaN);
	if (REPLY_TOPIC.test(topic) || (named && messageId !== undefined && Number.isSafeInteger(code))) {
		if (!named || messageId === undefined || !Number.isSafeInteger(code)) {
			return noise("a reply without device, requestId or code");
		}
		return {
			kind: "reply",
			device,
			messageId,
			...serviceOf(body),
			reply: replyOf(code, body),
			body,
		};
	}
	const { status } = body;
	if (STATUS_TOPIC.test(topic) || (named && (status === "online" || status === "offline"))) {
		if (!named || (status !== "online" && status !== "offline")) {
			return noise("a status without device, or neither online nor offline");
		}
		return { kind: "status", device, online: status === "online", body };
	}
	// Named topics are the platform's own; without one, the fields of an event or a property post.
	if (topic !== "" || (named && ("items" in body || "identifier" in body))) {
		return { kind: "telemetry", topic, device, body };
	}
	return {
		kind: "noise",
		reason: "neither a command, nor a reply, a status, an event or a property post",
		body,
	};
}

function serviceOf({ topic }: ExactObject): { readonly service?: string } {
	const service = typeof topic === "string" ? SERVICE_TOPIC.exec(topic)?.[1] : undefined;
	return service === undefined ? {} : { service };
}

function replyOf(code: number, body: ExactObject): Omit<Reply, "at"> {
	const { message, data } = body;
	return {
		code,
		...(typeof message === "string" ? { message } : {}),
		...(data === undefined ? {} : { data: stringifyExact(data) }),
	};
}

/** @returns undefined if one of its names cannot be a device's, and so cannot be a key either. */
function deviceOf({ iotId, productKey, deviceName }: ExactObject): DeviceRef | undefined {
	const device = {
		...(typeof iotId === "string" && iotId !== "" ? { iotId } : {}),
		...(typeof productKey === "string" && productKey !== "" ? { productKey } : {}),
		...(typeof deviceName === "string" && deviceName !== "" ? { deviceName } : {}),
	};
	const sound =
		isName(iotIdSchema, device.iotId) &&
		isName(productKeySchema, device.productKey) &&
		isName(deviceNameSchema, device.deviceName);
	return sound ? device : undefined;
}

const isName = (schema: typeof iotIdSchema, name: string | undefined): boolean =>
	name === undefined || schema.safeParse(name).success;

const isMessageId = (text: string): boolean =>
	text.length <= MAX_MESSAGE_ID_LENGTH && !/\p{Cs}/u.test(text);

/** Ids come as text or as number: compared as text, with every digit. */
function digits(value: ExactJson | undefined): string | undefined {
	if (isExactNumber(value)) return value.value;
	return typeof value === "string" && value !== "" ? value : undefined;
}
