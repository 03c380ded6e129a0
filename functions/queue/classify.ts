import type { CommandRequest, Reply } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import { parseQueuedCommand } from "../../shared/command/request.ts";
import { readContent } from "../../shared/fc/queue-event.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
	stringifyExact,
} from "../../shared/json/exact.ts";

/** What a message is, told by its content alone. */
export type Content =
	| { readonly kind: "command"; readonly request: CommandRequest; readonly idempotencyKey?: string }
	| {
			readonly kind: "reply";
			readonly device: DeviceRef;
			readonly messageId: string;
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

const REPLY_TOPIC = /\/thing\/downlink\/reply\/message$/;
const STATUS_TOPIC = /^\/as\/mqtt\/status\//;

export function classify(content: ExactJson): Content {
	if (!isExactObject(content)) {
		return { kind: "noise", reason: "the message is not a JSON object" };
	}
	const { topic, payload } = content;
	// Server-side subscription wraps each message of the platform: {messageid, topic, payload: base64}.
	if (typeof topic === "string" && typeof payload === "string") {
		return fromPlatform(topic, readContent(payload));
	}
	if ("device" in content || "service" in content) return readCommand(content);
	return fromPlatform(typeof topic === "string" ? topic : "", content);
}

function readCommand(content: ExactObject): Content {
	const parsed = parseQueuedCommand(content);
	if (parsed.ok) return { kind: "command", ...parsed.value };
	const reason = parsed.errors.map(({ pointer, detail }) => `${pointer || "body"}: ${detail}`);
	return { kind: "noise", reason: `a command that is malformed: ${reason.join("; ")}` };
}

function fromPlatform(topic: string, body: ExactJson): Content {
	if (!isExactObject(body)) {
		return { kind: "noise", reason: `the payload of ${topic} is not a JSON object` };
	}
	const device = deviceOf(body);
	const named = deviceKeys(device).length > 0;
	const messageId = digits(body["requestId"]);
	const code = Number(digits(body["code"]) ?? Number.NaN);
	if (REPLY_TOPIC.test(topic) || (named && messageId !== undefined && Number.isInteger(code))) {
		if (!named || messageId === undefined || !Number.isInteger(code)) {
			return { kind: "noise", reason: "a reply without device, requestId or code" };
		}
		return { kind: "reply", device, messageId, reply: replyOf(code, body), body };
	}
	const { status } = body;
	if (STATUS_TOPIC.test(topic) || (named && (status === "online" || status === "offline"))) {
		if (!named || (status !== "online" && status !== "offline")) {
			return { kind: "noise", reason: "a status without device, or neither online nor offline" };
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

function replyOf(code: number, body: ExactObject): Omit<Reply, "at"> {
	const { message, data } = body;
	return {
		code,
		...(typeof message === "string" ? { message } : {}),
		...(data === undefined ? {} : { data: stringifyExact(data) }),
	};
}

function deviceOf({ iotId, productKey, deviceName }: ExactObject): DeviceRef {
	return {
		...(typeof iotId === "string" && iotId !== "" ? { iotId } : {}),
		...(typeof productKey === "string" && productKey !== "" ? { productKey } : {}),
		...(typeof deviceName === "string" && deviceName !== "" ? { deviceName } : {}),
	};
}

/** Ids come as text or as number: compared as text, with every digit. */
function digits(value: ExactJson | undefined): string | undefined {
	if (isExactNumber(value)) return value.value;
	return typeof value === "string" && value !== "" ? value : undefined;
}
