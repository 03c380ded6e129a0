import { createHash, timingSafeEqual } from "node:crypto";

/**
 * `thingcast_<id>_<secret>`: the prefix lets scanners of repositories find a key
 * that leaked, the id finds its row, and the secret is 256 random bits.
 */
const FORM = /^thingcast_([0-7][0-9A-HJKMNP-TV-Z]{25})_[\w-]{43}$/;
const SECRET_BYTES = 32;

export function newKey(id: string, randomBytes: (count: number) => Buffer): string {
	return `thingcast_${id}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** The id in a key; undefined for a text that is no key of ours, so that nothing need be read for it. */
export const idOfKey = (key: string): string | undefined => FORM.exec(key)?.[1];

/**
 * What is stored of a key. A plain hash is enough: slow ones such as scrypt
 * protect what people choose and others can guess, and nobody guesses 256
 * random bits. A slow one would cost every request instead.
 */
export const hashOfKey = (key: string): string => createHash("sha256").update(key).digest("hex");

/** In constant time: how long it takes tells nothing of the hash. */
export function sameHash(one: string, other: string): boolean {
	const [left, right] = [Buffer.from(one, "hex"), Buffer.from(other, "hex")];
	return left.length === right.length && timingSafeEqual(left, right);
}
