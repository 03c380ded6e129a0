import { DEVICE_STATUSES, type Device } from "./device.ts";
import { QueryError, type Token } from "./query-tokens.ts";

export type Condition = (device: Device, now: number) => boolean;

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;

export const isOnline: Condition = ({ status }) => status === "online";

/**
 * A field that equals one of the values, or (`equal` false) none of them.
 * @throws QueryError for a field that does not exist, or a value that it cannot have.
 */
export function comparison(field: Token, values: readonly Token[], equal: boolean): Condition {
	const tests = values.map((value) => test(field, value));
	return (device, now) => tests.some((one) => one(device, now)) === equal;
}

function test(field: Token, value: Token): Condition {
	const { text } = value;
	if (field.text === "online") {
		if (text !== "true" && text !== "false")
			throw new QueryError("online is true or false", value.at);
		return ({ status }) => (status === "online") === (text === "true");
	}
	if (value.kind !== "text") throw new QueryError("expected a value in quotes", value.at);
	if (field.text.startsWith("tags.")) {
		const key = field.text.slice("tags.".length);
		return ({ tags }) => Object.hasOwn(tags, key) && tags[key] === text;
	}
	switch (field.text) {
		case "productKey":
			return ({ productKey }) => productKey === text;
		case "deviceName":
			return named(text);
		case "group":
			return ({ groups }) => groups.includes(text);
		case "status":
			if (!DEVICE_STATUSES.some((status) => status === text)) {
				throw new QueryError(`status is one of ${DEVICE_STATUSES.join(", ")}`, value.at);
			}
			return ({ status }) => status === text;
		case "lastSeen":
			return seenSince(value);
		default:
			throw new QueryError(
				`there is no field ${field.text}: productKey, deviceName, tags.…, group, status, online and lastSeen are known`,
				field.at,
			);
	}
}

/** A name, or its beginning with a star behind it. */
function named(text: string): Condition {
	if (!text.endsWith("*")) return ({ deviceName }) => deviceName === text;
	const prefix = text.slice(0, -1);
	return ({ deviceName }) => deviceName.startsWith(prefix);
}

/** Seen within an age such as `7d`, or since a time. */
function seenSince({ text, at }: Token): Condition {
	const [, count, unit] = AGE.exec(text) ?? [];
	if (count) {
		const age = Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
		return ({ lastSeen }, now) => lastSeen !== undefined && lastSeen >= now - age;
	}
	const since = Date.parse(text);
	if (Number.isNaN(since)) {
		throw new QueryError("lastSeen is an age such as 90s, 30m, 1h or 7d, or a time", at);
	}
	return ({ lastSeen }) => lastSeen !== undefined && lastSeen >= since;
}
