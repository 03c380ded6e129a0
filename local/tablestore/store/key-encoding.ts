import type { KeyPart } from "../model/value.ts";

/**
 * Keys as bytes that sort like the keys themselves: column by column, integers
 * by value, text and binary bytewise with the shorter first
 * (alibabacloud.com/help/en/tablestore, "Primary keys and attributes").
 *
 * Each column starts with a byte that puts INF_MIN before every value and
 * INF_MAX behind. Integers are big-endian with the sign bit turned over. Bytes
 * of variable length end with 00 00, and a 00 among them is written as 00 FF:
 * so no value's bytes are a prefix of a longer value's.
 */
const BEFORE_ALL = Buffer.from([0x00]);
const VALUE_MARK = 0x01;
const BEHIND_ALL = Buffer.from([0xff]);
const SIGN_BIT = 1n << 63n;

/** @throws RangeError for an AUTO_INCREMENT marker, which has no place in an order. */
export function encodeKey(parts: readonly KeyPart[]): Buffer {
	const [first] = parts;
	if (parts.length === 1 && first) return encodePart(first);
	return Buffer.concat(parts.map(encodePart));
}

function encodePart(part: KeyPart): Buffer {
	switch (part.kind) {
		case "infMin":
			return BEFORE_ALL;
		case "infMax":
			return BEHIND_ALL;
		case "integer": {
			const bytes = Buffer.allocUnsafe(9);
			bytes[0] = VALUE_MARK;
			bytes.writeBigUInt64BE(BigInt.asUintN(64, part.value) ^ SIGN_BIT, 1);
			return bytes;
		}
		case "string":
		case "binary":
			return encodeBytes(part.bytes);
		case "autoIncrement":
			throw new RangeError("an auto-increment marker cannot be encoded");
	}
}

function encodeBytes(content: Buffer): Buffer {
	let zeros = 0;
	for (const byte of content) if (byte === 0) zeros++;
	const bytes = Buffer.allocUnsafe(content.length + zeros + 3);
	let position = 0;
	bytes[position++] = VALUE_MARK;
	if (zeros === 0) {
		bytes.set(content, position);
		position += content.length;
	} else {
		for (const byte of content) {
			bytes[position++] = byte;
			if (byte === 0) bytes[position++] = 0xff;
		}
	}
	bytes[position++] = 0;
	bytes[position] = 0;
	return bytes;
}
