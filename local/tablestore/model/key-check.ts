import { invalidPrimaryKey, parameterInvalid } from "../errors.ts";
import { MAX_PRIMARY_KEY_VALUE_BYTES } from "../limits.ts";
import type { WireCell } from "../wire/plainbuffer-reader.ts";
import type { KeyColumn } from "./row.ts";
import type { KeyColumnSchema } from "./table.ts";
import { isKeyValue, isMarker, type KeyPart, type Value } from "./value.ts";

/** A column of a key as a request gave it, checked as far as that goes without a table. */
export interface GivenKeyColumn {
	readonly name: string;
	readonly value: KeyPart;
}

const VARIANT_NAMES: Readonly<Record<KeyPart["kind"], string>> = {
	integer: "VT_INTEGER",
	string: "VT_STRING",
	binary: "VT_BLOB",
	infMin: "VT_INF_MIN",
	infMax: "VT_INF_MAX",
	autoIncrement: "VT_AUTO_INCREMENT",
};

const KIND_OF_TYPE = { 1: "integer", 2: "string", 3: "binary" } as const;

/** @throws OtsError (OTSParameterInvalid) */
export function givenKey(cells: readonly WireCell[]): GivenKeyColumn[] {
	if (cells.length === 0) throw parameterInvalid("Cell data broken, PK is empty.");
	const names = new Set<string>();
	return cells.map(({ name, value, operation, timestamp }) => {
		if (names.has(name)) throw parameterInvalid(`Duplicated primary key name: '${name}'.`);
		names.add(name);
		if (operation !== undefined) {
			throw parameterInvalid(`OpType cannot be given for primary key name: '${name}'.`);
		}
		if (timestamp !== undefined) {
			throw parameterInvalid(`Timestamp cannot be given for primary key name: '${name}'.`);
		}
		if (value === undefined) {
			throw parameterInvalid(`No value is given for primary key name: '${name}'.`);
		}
		if (!isKeyValue(value) && !isMarker(value)) {
			throw parameterInvalid(
				`VT_${value.kind.toUpperCase()} is an invalid type for the primary key.`,
			);
		}
		if (isKeyValue(value)) checkKeyLength(name, value);
		return { name, value };
	});
}

/** @throws OtsError (OTSParameterInvalid) */
export function checkKeyLength(name: string, value: Value): void {
	if ("bytes" in value && value.bytes.length > MAX_PRIMARY_KEY_VALUE_BYTES) {
		throw parameterInvalid(
			`The length of primary key column: '${name}' exceeds the MaxLength:${MAX_PRIMARY_KEY_VALUE_BYTES} with CurrentLength:${value.bytes.length}.`,
		);
	}
}

/**
 * Checks a key against its table.
 * @throws OtsError (OTSInvalidPK)
 */
export function matchSchema(
	key: readonly GivenKeyColumn[],
	schema: readonly KeyColumnSchema[],
): void {
	if (key.length !== schema.length) {
		throw invalidPrimaryKey(`Validate PK size fail. Input: ${key.length}, Meta: ${schema.length}.`);
	}
	for (const [index, column] of schema.entries()) {
		const given = key[index];
		if (given?.name !== column.name) {
			throw invalidPrimaryKey(
				`Validate PK name fail. Input: ${given?.name}, Meta: ${column.name}.`,
			);
		}
		const expected = KIND_OF_TYPE[column.type];
		const { value } = given;
		const fits =
			value.kind === expected ||
			value.kind === "infMin" ||
			value.kind === "infMax" ||
			(value.kind === "autoIncrement" && column.option !== undefined);
		if (!fits) {
			throw invalidPrimaryKey(
				`Validate PK type fail. Input: ${VARIANT_NAMES[value.kind]}, Meta: ${VARIANT_NAMES[expected]}.`,
			);
		}
	}
}

/**
 * The key of one row: no markers in it.
 * @throws OtsError (OTSParameterInvalid)
 */
export function exactKey(key: readonly GivenKeyColumn[]): KeyColumn[] {
	return key.map(({ name, value }) => {
		if (value.kind === "autoIncrement") {
			throw parameterInvalid("PKAutoIncr can't be used for read operations.");
		}
		if (isMarker(value)) {
			throw parameterInvalid(
				`${VARIANT_NAMES[value.kind]} is an invalid type for the primary key.`,
			);
		}
		return { name, value };
	});
}
