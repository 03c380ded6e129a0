import { type QueueMessage, short } from "../../shared/fc/queue-event.ts";
import { type ExactJson, isExactObject } from "../../shared/json/exact.ts";
import type { DeviceEvent } from "../../shared/reaction/reaction.ts";
import type { Content } from "./classify.ts";
import { platformTime } from "./platform-time.ts";

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
	const base = {
		id: platformId(message.content) ?? `${message.origin} ${identity}`,
		device: content.kind === "noise" ? {} : content.device,
		at: platformTime(body, message, now),
		fields: { ...body, body },
	};
	switch (content.kind) {
		case "status":
			return [{ ...base, source: "status", identifier: content.online ? "online" : "offline" }];
		case "reply": {
			const { service } = content;
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
			id: short(`${base.id} ${identifier}`),
			source: "property",
			identifier,
			fields: { ...base.fields, value: valueIn(item) },
		}));
	}
	const identifier = body["identifier"] ?? EVENT_TOPIC.exec(content.topic)?.[1];
	return typeof identifier === "string"
		? [{ ...base, source: "event", identifier }]
		: [{ ...base, source: "message", fields: { ...base.fields, topic: content.topic } }];
}

/** The id that the platform itself gave the message (server-side subscription). */
function platformId(content: ExactJson): string | undefined {
	const id = isExactObject(content) ? content["messageid"] : undefined;
	return typeof id === "string" && id !== "" ? short(id) : undefined;
}

/** Each property is posted as `{value, time}`. */
const valueIn = (item: ExactJson): ExactJson =>
	isExactObject(item) && Object.hasOwn(item, "value") ? (item["value"] ?? null) : item;
