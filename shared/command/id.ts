import { ulid } from "ulid";
import { type DeviceRef, deviceKey } from "./device.ts";

/** Crockford base 32: 10 characters of milliseconds, 16 of chance. */
const ULID_LENGTH = 26;
const COMMAND_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}_[A-Za-z0-9_-]+$/;
/** Room for two names of 64 characters, base64url. */
const MAX_ID_LENGTH = 210;

/**
 * A command's public id: a ULID, so that ids sort by age, then the device's
 * key, so that a command is read by its id alone.
 */
export function newCommandId(device: DeviceRef, now: number, random: () => number): string {
	return commandIdOf(device, ulid(now, random));
}

/** For whoever derives the ULID from something that must give the same command again. */
export function commandIdOf(device: DeviceRef, ulid: string): string {
	return `${ulid}_${Buffer.from(deviceKey(device)).toString("base64url")}`;
}

export interface ParsedCommandId {
	readonly ulid: string;
	readonly deviceKey: string;
}

export function parseCommandId(id: string): ParsedCommandId | undefined {
	if (id.length > MAX_ID_LENGTH || !COMMAND_ID.test(id)) return undefined;
	const encoded = id.slice(ULID_LENGTH + 1);
	const key = Buffer.from(encoded, "base64url").toString("utf8");
	// Only the one spelling that newCommandId writes: a second id for a command would be a second command.
	if (Buffer.from(key).toString("base64url") !== encoded) return undefined;
	return { ulid: id.slice(0, ULID_LENGTH), deviceKey: key };
}
