import type { QueueMessage } from "../../shared/fc/queue-event.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
} from "../../shared/json/exact.ts";
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
	const base = {
		id: platformId(message.content) ?? `${message.origin} ${identity}`,
		device: content.kind === "noise" ? {} : content.device,
		at: timeOf(body) ?? message.sentAt ?? now,
		fields: { ...body, body },
	};
	switch (content.kind) {
		case "status":
			return [{ ...base, source: "status", identifier: content.online ? "online" : "offline" }];
		case "reply": {
			const service = SERVICE_TOPIC.exec(String(body["topic"] ?? ""))?.[1];
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
			at: (isExactObject(item) && timeIn(item["time"])) || base.at,
			id: `${base.id} ${identifier}`,
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
	return typeof id === "string" && id !== "" ? id : undefined;
}

const timeOf = (body: ExactObject): number | undefined =>
	timeIn(body["gmtCreate"]) ?? timeIn(body["time"]);

/** Some messages carry texts, and test messages small numbers, in fields of these names. */
function timeIn(value: ExactJson | undefined): number | undefined {
	const time = isExactNumber(value) ? Number(value.value) : Number.NaN;
	return Number.isSafeInteger(time) && time > 1_000_000_000_000 ? time : undefined;
}

/** Each property is posted as `{value, time}`. */
const valueIn = (item: ExactJson): ExactJson =>
	isExactObject(item) && Object.hasOwn(item, "value") ? (item["value"] ?? null) : item;
