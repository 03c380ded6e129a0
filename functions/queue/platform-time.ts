import type { QueueMessage } from "../../shared/fc/queue-event.ts";
import { type ExactJson, type ExactObject, isExactNumber } from "../../shared/json/exact.ts";

/**
 * The platform stamps a message some moments before it reaches its queue. What
 * is farther away is a clock that is wrong, and decides nothing.
 */
export const MAX_STAMP_DISTANCE_MS = 300_000;

/**
 * When something happened, by the platform's clock: cooldowns, thresholds and
 * loops go by it. A device's own times are data, which one wrong year must not
 * make more of.
 */
export function platformTime(body: ExactObject, { sentAt }: QueueMessage, now: number): number {
	const sent = sentAt !== undefined && sentAt > 0 && sentAt <= now + MAX_STAMP_DISTANCE_MS;
	const arrivedAt = sent ? sentAt : now;
	const stamped = stampOf(body);
	const near = stamped !== undefined && Math.abs(stamped - arrivedAt) <= MAX_STAMP_DISTANCE_MS;
	return near ? stamped : arrivedAt;
}

/** Of an event or a reply `gmtCreate`; of a status, which the platform itself writes, the time of the change. */
function stampOf(body: ExactObject): number | undefined {
	if (body["status"] === undefined) return millis(body["gmtCreate"]);
	return textTime(body["utcTime"], body["time"]);
}

/** What statuses of a device are to be put in order by (IoT Platform, "Status of devices", parameter lastTime). */
export const statusOrder = (body: ExactObject): number | undefined =>
	textTime(body["utcLastTime"], body["lastTime"]);

function millis(value: ExactJson | undefined): number | undefined {
	const time = isExactNumber(value) ? Number(value.value) : Number.NaN;
	return Number.isSafeInteger(time) ? time : undefined;
}

/** `2026-01-01T00:00:00.000Z`, or `2026-01-01 08:00:00.000` by the clocks of China. */
function textTime(utc: ExactJson | undefined, local: ExactJson | undefined): number | undefined {
	const time =
		typeof utc === "string"
			? Date.parse(utc)
			: typeof local === "string"
				? Date.parse(`${local.replace(" ", "T")}+08:00`)
				: Number.NaN;
	return Number.isNaN(time) ? undefined : time;
}
