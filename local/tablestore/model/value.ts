/**
 * A value of a cell. Text stays the UTF-8 bytes that it came as: they compare
 * in the order that the service documents, and most are only passed through.
 */
export type Value =
	| { readonly kind: "integer"; readonly value: bigint }
	| { readonly kind: "double"; readonly value: number }
	| { readonly kind: "boolean"; readonly value: boolean }
	| { readonly kind: "string"; readonly bytes: Buffer }
	| { readonly kind: "binary"; readonly bytes: Buffer };

/** A value that stands for one outside of the ordinary ones, or for one yet to be made. */
export type Marker =
	| { readonly kind: "infMin" }
	| { readonly kind: "infMax" }
	| { readonly kind: "autoIncrement" };

/** A value of the kinds that primary keys are made of. */
export type KeyValue = Extract<Value, { kind: "integer" | "string" | "binary" }>;

/** One column of a key as a request gives it. */
export type KeyPart = KeyValue | Marker;

export function isKeyValue(value: Value | Marker): value is KeyValue {
	return value.kind === "integer" || value.kind === "string" || value.kind === "binary";
}

export function isMarker(value: Value | Marker): value is Marker {
	return value.kind === "infMin" || value.kind === "infMax" || value.kind === "autoIncrement";
}

/** @returns a negative number, zero or a positive one; undefined for values of different kinds. */
export function compareValues(left: Value, right: Value): number | undefined {
	if (left.kind === "string" && right.kind === "string") {
		return Buffer.compare(left.bytes, right.bytes);
	}
	if (left.kind === "binary" && right.kind === "binary") {
		return Buffer.compare(left.bytes, right.bytes);
	}
	if (left.kind === "integer" && right.kind === "integer") {
		return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
	}
	if (left.kind === "double" && right.kind === "double") {
		return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
	}
	if (left.kind === "boolean" && right.kind === "boolean") {
		return Number(left.value) - Number(right.value);
	}
	return undefined;
}

/**
 * Bytes that a value counts for in limits and capacity units
 * (alibabacloud.com/help/en/tablestore, "Data size": integer and double 8, boolean 1).
 */
export function valueSize(value: Value): number {
	switch (value.kind) {
		case "integer":
		case "double":
			return 8;
		case "boolean":
			return 1;
		case "string":
		case "binary":
			return value.bytes.length;
	}
}
