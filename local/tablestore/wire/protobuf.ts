/**
 * The wire format of protocol buffers (protobuf.dev/programming-guides/encoding),
 * as far as this service's messages need it.
 */

/** Thrown for bytes that are no message. */
export class MalformedMessage extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export type WireType = typeof VARINT | typeof LENGTH_DELIMITED;
export const WIRE_VARINT: WireType = VARINT;
export const WIRE_BYTES: WireType = LENGTH_DELIMITED;

const MAX_VARINT_BYTES = 10;

export class ProtoReader {
	readonly #buffer: Buffer;
	#position = 0;

	constructor(buffer: Buffer) {
		this.#buffer = buffer;
	}

	get done(): boolean {
		return this.#position >= this.#buffer.length;
	}

	/** A varint of up to 32 significant bits, as an unsigned number; larger ones are cut. */
	uint32(): number {
		let value = 0;
		for (let index = 0; index < MAX_VARINT_BYTES; index++) {
			const byte = this.#byte();
			if (index < 5) value += (byte & 0x7f) * 2 ** (7 * index);
			if (byte < 0x80) return value % 2 ** 32;
		}
		throw new MalformedMessage("varint is too long");
	}

	int32(): number {
		return this.uint32() | 0;
	}

	int64(): bigint {
		let value = 0n;
		for (let index = 0; index < MAX_VARINT_BYTES; index++) {
			const byte = this.#byte();
			value |= BigInt(byte & 0x7f) << BigInt(7 * index);
			if (byte < 0x80) return BigInt.asIntN(64, value);
		}
		throw new MalformedMessage("varint is too long");
	}

	bytes(): Buffer {
		const length = this.uint32();
		const end = this.#position + length;
		if (end > this.#buffer.length) throw new MalformedMessage("message is truncated");
		const bytes = this.#buffer.subarray(this.#position, end);
		this.#position = end;
		return bytes;
	}

	/** Passes over a field that the message does not know. */
	skip(wireType: number): void {
		if (wireType === VARINT) this.int64();
		else if (wireType === FIXED64) this.#advance(8);
		else if (wireType === LENGTH_DELIMITED) this.bytes();
		else if (wireType === FIXED32) this.#advance(4);
		else throw new MalformedMessage(`wire type ${wireType} is not supported`);
	}

	#byte(): number {
		const byte = this.#buffer[this.#position++];
		if (byte === undefined) throw new MalformedMessage("message is truncated");
		return byte;
	}

	#advance(bytes: number): void {
		this.#position += bytes;
		if (this.#position > this.#buffer.length) throw new MalformedMessage("message is truncated");
	}
}

/** Collects a message; lengths are known before parts are added, so nothing is written twice. */
export class ProtoWriter {
	readonly #parts: Buffer[] = [];
	#length = 0;

	tag(field: number, wireType: WireType): void {
		this.uint32(field * 8 + wireType);
	}

	uint32(value: number): void {
		const bytes: number[] = [];
		let rest = value;
		while (rest >= 0x80) {
			bytes.push((rest % 0x80) + 0x80);
			rest = Math.floor(rest / 0x80);
		}
		bytes.push(rest);
		this.#push(Buffer.from(bytes));
	}

	/** Negative numbers take ten bytes, as the format wants it. */
	int64(value: bigint): void {
		const bytes: number[] = [];
		let rest = BigInt.asUintN(64, value);
		while (rest >= 0x80n) {
			bytes.push(Number(rest & 0x7fn) + 0x80);
			rest >>= 7n;
		}
		bytes.push(Number(rest));
		this.#push(Buffer.from(bytes));
	}

	bytes(value: Buffer): void {
		this.uint32(value.length);
		this.#push(value);
	}

	finish(): Buffer {
		return Buffer.concat(this.#parts, this.#length);
	}

	#push(part: Buffer): void {
		this.#parts.push(part);
		this.#length += part.length;
	}
}
