import { createHash } from "node:crypto";
import { encodeTime, ulid } from "ulid";

/** Crockford base 32: 10 characters of time or hash, 16 of chance or hash. */
const ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ID_LENGTH = 26;
const TIME_LENGTH = 10;

/** Whether the text has the form of an id: 26 characters, the same for everything that is stored. */
export const isId = (text: string): boolean => ID.test(text);

/** A ULID: ids of this kind sort by age. */
export const newId = (now: number, random: () => number): string => ulid(now, random);

/**
 * The id of something that may be asked for more than once: the same identity
 * gives the same id, whoever computes it and whenever.
 *
 * @example idFrom("message", "queues/commands", "6EC100E4…")
 */
export function idFrom(...identity: readonly unknown[]): string {
	return base32(hashOf(identity), ID_LENGTH);
}

/** As `idFrom`, but it sorts by `at` (milliseconds since the epoch), which is part of its identity. */
export function idFromTime(at: number, ...identity: readonly unknown[]): string {
	return encodeTime(at, TIME_LENGTH) + base32(hashOf(identity), ID_LENGTH - TIME_LENGTH);
}

/** A number in [0, 1) that the identity fixes: chance that is the same for everybody. */
export function chanceFrom(...identity: readonly unknown[]): number {
	return hashOf(identity).readUInt32BE(0) / 2 ** 32;
}

const hashOf = (identity: readonly unknown[]): Buffer =>
	createHash("sha256").update(JSON.stringify(identity)).digest();

function base32(hash: Buffer, length: number): string {
	let text = "";
	for (let index = 0; index < length; index++) text += ALPHABET[(hash[index] ?? 0) % 32];
	return ALPHABET[ALPHABET.indexOf(text[0] ?? "0") % 8] + text.slice(1);
}
