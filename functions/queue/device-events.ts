import type { QueueMessage } from "../../shared/fc/queue-event.ts";
import { type ExactJson, isExactObject, toPlain } from "../../shared/json/exact.ts";
import type { DeviceEvent } from "../../shared/reaction/reaction.ts";
import type { Content } from "./classify.ts";

const SERVICE_TOPIC = /\/thing\/service\/(.+?)(?:_reply)?$/;
const EVENT_TOPIC = /\/thing\/event\/([^/]+)\/post$/;

/**
 * What reactions can react to in a message: a property post is one event for
 * each of its properties, anything else is one.
 *
 * @param identity what tells this message from all others, the same at each redelivery.
 */
export function deviceEvents(
	content: Content,
	message: QueueMessage,
	identity: string,
	now: number,
): DeviceEvent[] {
	if (content.kind === "command" || !content.body) return [];
	const { body } = content;
	const fields = toPlain(body) as Record<string, unknown>;
	const base = {
		id: platformId(message.content) ?? `${message.origin} ${identity}`,
		device: content.kind === "noise" ? {} : content.device,
		at: timeOf(fields) ?? message.sentAt ?? now,
		fields: { ...fields, body: fields },
	};
	switch (content.kind) {
		case "status":
			return [{ ...base, source: "status", identifier: content.online ? "online" : "offline" }];
		case "reply": {
			const service = SERVICE_TOPIC.exec(String(fields["topic"] ?? ""))?.[1];
			return [
				{ ...base, source: "reply", ...(service === undefined ? {} : { identifier: service }) },
			];
		}
		case "noise":
			return [{ ...base, source: "message" }];
		case "telemetry":
			break;
	}
	const items = body["items"];
	if (isExactObject(items)) {
		return Object.entries(items).map(([identifier, item]) => ({
			...base,
			...readItem(toPlain(item), base.at),
			id: `${base.id} ${identifier}`,
			source: "property",
			identifier,
			fields: { ...base.fields, value: valueIn(toPlain(item)) },
		}));
	}
	const identifier = fields["identifier"] ?? EVENT_TOPIC.exec(content.topic)?.[1];
	return typeof identifier === "string"
		? [{ ...base, source: "event", identifier }]
		: [{ ...base, source: "message", fields: { ...base.fields, topic: content.topic } }];
}

/** The id that the platform itself gave the message (server-side subscription). */
function platformId(content: ExactJson): string | undefined {
	const id = isExactObject(content) ? content["messageid"] : undefined;
	return typeof id === "string" && id !== "" ? id : undefined;
}

function timeOf(fields: Record<string, unknown>): number | undefined {
	return [fields["gmtCreate"], fields["time"]].find(isTime);
}

/** Some messages carry texts, and test messages small numbers, in fields of these names. */
const isTime = (value: unknown): value is number =>
	typeof value === "number" && Number.isSafeInteger(value) && value > 1_000_000_000_000;

/** Each property is posted as `{value, time}`. */
const valueIn = (item: unknown): unknown =>
	typeof item === "object" && item !== null && "value" in item ? item.value : item;

function readItem(item: unknown, at: number): { readonly at: number } {
	const time = typeof item === "object" && item !== null && "time" in item ? item.time : undefined;
	return { at: isTime(time) ? time : at };
}
