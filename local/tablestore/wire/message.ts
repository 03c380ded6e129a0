import { isUtf8 } from "node:buffer";
import {
	MalformedMessage,
	ProtoReader,
	ProtoWriter,
	WIRE_BYTES,
	WIRE_VARINT,
	type WireType,
} from "./protobuf.ts";

type Mode = "required" | "optional" | "repeated";

/** How one type of field stands on the wire. Methods, not properties: a field list mixes types. */
interface Codec<Out, In = Out> {
	readonly wireType: WireType;
	read(reader: ProtoReader): Out;
	write(writer: ProtoWriter, value: In): void;
}

interface Field<Out, In, M extends Mode> {
	readonly id: number;
	readonly mode: M;
	readonly codec: Codec<Out, In>;
}

type AnyField = Field<unknown, unknown, Mode>;
type Shape = Readonly<Record<string, AnyField>>;

type InMode<T, M extends Mode> = {
	required: T;
	optional: T | undefined;
	repeated: readonly T[];
}[M];

type ReadValue<F> = F extends Field<infer Out, infer _In, infer M> ? InMode<Out, M> : never;
type WriteValue<F> = F extends Field<infer _Out, infer In, infer M> ? InMode<In, M> : never;

type RequiredKeys<S extends Shape> = {
	[K in keyof S]: S[K]["mode"] extends "required" ? K : never;
}[keyof S];

type Decoded<S extends Shape> = { readonly [K in keyof S]: ReadValue<S[K]> };

/** Optional and repeated fields may be left out when a message is written. */
type Encodable<S extends Shape> = {
	readonly [K in RequiredKeys<S>]: WriteValue<S[K]>;
} & { readonly [K in Exclude<keyof S, RequiredKeys<S>>]?: WriteValue<S[K]> | undefined };

export interface Message<Out, In> {
	/** @throws MalformedMessage */
	decode(bytes: Buffer): Out;
	encode(value: In): Buffer;
}

export type Fields<M> = M extends Message<infer Out, never> ? Out : never;

export const int32: Codec<number> = {
	wireType: WIRE_VARINT,
	read: (reader) => reader.int32(),
	write: (writer, value) => (value < 0 ? writer.int64(BigInt(value)) : writer.uint32(value)),
};

export const int64: Codec<bigint> = {
	wireType: WIRE_VARINT,
	read: (reader) => reader.int64(),
	write: (writer, value) => writer.int64(value),
};

export const bool: Codec<boolean> = {
	wireType: WIRE_VARINT,
	read: (reader) => reader.int64() !== 0n,
	write: (writer, value) => writer.uint32(value ? 1 : 0),
};

export const bytes: Codec<Buffer> = {
	wireType: WIRE_BYTES,
	read: (reader) => reader.bytes(),
	write: (writer, value) => writer.bytes(value),
};

export const text: Codec<string> = {
	wireType: WIRE_BYTES,
	read(reader) {
		const value = reader.bytes();
		if (!isUtf8(value)) throw new MalformedMessage("a string is not UTF-8");
		return value.toString("utf8");
	},
	write: (writer, value) => writer.bytes(Buffer.from(value, "utf8")),
};

/** Any other number is as good as a missing field (protobuf.dev, proto2 enums). */
export function oneOf<const T extends number>(...values: readonly T[]): Codec<T> {
	return {
		wireType: WIRE_VARINT,
		read(reader) {
			const number = reader.int32();
			const value = values.find((candidate) => candidate === number);
			if (value === undefined) throw new MalformedMessage(`${number} is not of the enumeration`);
			return value;
		},
		write: (writer, value) => writer.uint32(value),
	};
}

export function nested<Out, In>(message: Message<Out, In>): Codec<Out, In> {
	return {
		wireType: WIRE_BYTES,
		read: (reader) => message.decode(reader.bytes()),
		write: (writer, value) => writer.bytes(message.encode(value)),
	};
}

export const required = <Out, In>(
	id: number,
	codec: Codec<Out, In>,
): Field<Out, In, "required"> => ({
	id,
	codec,
	mode: "required",
});

export const optional = <Out, In>(
	id: number,
	codec: Codec<Out, In>,
): Field<Out, In, "optional"> => ({
	id,
	codec,
	mode: "optional",
});

export const repeated = <Out, In>(
	id: number,
	codec: Codec<Out, In>,
): Field<Out, In, "repeated"> => ({
	id,
	codec,
	mode: "repeated",
});

/** A message type from its fields; the types of what it reads and writes follow from them. */
export function message<S extends Shape>(shape: S): Message<Decoded<S>, Encodable<S>> {
	const entries = Object.entries<AnyField>(shape);
	const byId = new Map(entries.map(([name, field]) => [field.id, { name, field }]));
	return {
		decode(buffer) {
			const out: Record<string, unknown> = {};
			for (const [name, field] of entries) out[name] = field.mode === "repeated" ? [] : undefined;
			const reader = new ProtoReader(buffer);
			while (!reader.done) {
				const tag = reader.uint32();
				const known = byId.get(tag >>> 3);
				if (!known || known.field.codec.wireType !== (tag & 7)) reader.skip(tag & 7);
				else if (known.field.mode !== "repeated") out[known.name] = known.field.codec.read(reader);
				else (out[known.name] as unknown[]).push(known.field.codec.read(reader));
			}
			for (const [name, field] of entries) {
				if (field.mode === "required" && out[name] === undefined) {
					throw new MalformedMessage(`the field ${name} is missing`);
				}
			}
			return out as Decoded<S>;
		},
		encode(value) {
			const writer = new ProtoWriter();
			const given = value as Readonly<Record<string, unknown>>;
			for (const [name, field] of entries) {
				const content = given[name];
				if (content === undefined) continue;
				for (const item of field.mode === "repeated" ? (content as unknown[]) : [content]) {
					writer.tag(field.id, field.codec.wireType);
					field.codec.write(writer, item);
				}
			}
			return writer.finish();
		},
	};
}
