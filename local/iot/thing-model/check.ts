import type { JsonNode } from "./json-text.ts";
import { type DataType, isRecord, type Parameter } from "./tsl.ts";

/**
 * Checks arguments against the thing model. The numbered reasons are those
 * that IoT Platform writes for a failed TSL check
 * (help.aliyun.com/document_detail/120329.html, table 3).
 * @returns why the value is refused, undefined if it is fine.
 */
export function checkParameters(
	parameters: readonly Parameter[],
	given: ReadonlyMap<string, JsonNode>,
): string | undefined {
	for (const name of given.keys()) {
		if (!parameters.some((parameter) => parameter.identifier === name)) {
			return `6304 tsl parse: params not exist -> ${name}`;
		}
	}
	for (const parameter of parameters) {
		const value = given.get(parameter.identifier);
		if (!value) {
			if (parameter.required !== false) {
				return `6323 tsl parse: required param is missing -> ${parameter.identifier}`;
			}
			continue;
		}
		const problem = checkValue(parameter.dataType, value, parameter.identifier);
		if (problem) return problem;
	}
	return undefined;
}

export function checkValue(type: DataType, value: JsonNode, name: string): string | undefined {
	const limits = isRecord(type.specs) ? type.specs : {};
	switch (type.type) {
		case "int":
			return isInteger(value)
				? checkRange(value.raw, limits, name)
				: `6306 tsl parse: int is expected -> ${name}`;
		case "float":
		case "double":
			return checkDecimal(type.type, value, limits, name);
		case "bool":
			return value.raw === "0" || value.raw === "1"
				? undefined
				: `6308 tsl parse: bool is expected, 0 or 1 -> ${name}`;
		case "enum":
			return isInteger(value) && Object.hasOwn(limits, value.raw)
				? undefined
				: `6309 tsl parse: a value of the enum is expected -> ${name}`;
		case "text":
			return checkText(value, limits, name);
		case "date":
			return value.kind === "string" && /^\d{1,16}$/.test(value.value)
				? undefined
				: `6311 tsl parse: date is expected, a string of milliseconds -> ${name}`;
		case "struct":
			return checkStruct(type.specs, value, name);
		case "array":
			return checkArray(limits, value, name);
		default:
			return undefined;
	}
}

function isInteger(value: JsonNode): boolean {
	return value.kind === "number" && /^-?\d+$/.test(value.raw);
}

/** "Even an integral value carries at least one decimal" (help.aliyun.com/document_detail/69584.html). */
function checkDecimal(
	type: string,
	value: JsonNode,
	limits: Record<string, unknown>,
	name: string,
): string | undefined {
	if (value.kind !== "number" || !value.raw.includes(".")) {
		return `6307 tsl parse: ${type} is expected, with a decimal point -> ${name}`;
	}
	return checkRange(value.raw, limits, name);
}

function checkRange(
	raw: string,
	limits: Record<string, unknown>,
	name: string,
): string | undefined {
	const below = limits["min"] !== undefined && compare(raw, String(limits["min"])) < 0;
	const above = limits["max"] !== undefined && compare(raw, String(limits["max"])) > 0;
	return below || above ? `6313 tsl parse: value out of range -> ${name}` : undefined;
}

/** Integers are compared exactly: a double cannot tell 2^53 from 2^53 + 1. */
function compare(left: string, right: string): number {
	if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) {
		const difference = BigInt(left) - BigInt(right);
		return difference < 0n ? -1 : difference > 0n ? 1 : 0;
	}
	return Number(left) - Number(right);
}

function checkText(
	value: JsonNode,
	limits: Record<string, unknown>,
	name: string,
): string | undefined {
	if (value.kind !== "string") return `6310 tsl parse: text is expected -> ${name}`;
	const longest = Number(limits["length"] ?? Number.POSITIVE_INFINITY);
	return Buffer.byteLength(value.value) > longest
		? `6310 tsl parse: text is longer than ${longest} bytes -> ${name}`
		: undefined;
}

function checkStruct(specs: unknown, value: JsonNode, name: string): string | undefined {
	if (value.kind !== "object") return `6322 tsl parse: struct is expected -> ${name}`;
	const fields = Array.isArray(specs) ? specs.filter(isRecord) : [];
	for (const [key, member] of value.members) {
		const field = fields.find((candidate) => candidate["identifier"] === key);
		const type = field?.["dataType"];
		if (!isRecord(type)) return `6304 tsl parse: params not exist -> ${name}.${key}`;
		const problem = checkValue(asDataType(type), member, `${name}.${key}`);
		if (problem) return problem;
	}
	return undefined;
}

function checkArray(
	limits: Record<string, unknown>,
	value: JsonNode,
	name: string,
): string | undefined {
	if (value.kind !== "array") return `6312 tsl parse: array is expected -> ${name}`;
	const longest = Number(limits["size"] ?? Number.POSITIVE_INFINITY);
	if (value.items.length > longest) {
		return `6312 tsl parse: array has more than ${longest} elements -> ${name}`;
	}
	const item = limits["item"];
	if (!isRecord(item)) return undefined;
	for (const [index, element] of value.items.entries()) {
		const problem = checkValue(asDataType(item), element, `${name}[${index}]`);
		if (problem) return problem;
	}
	return undefined;
}

function asDataType(type: Record<string, unknown>): DataType {
	return { type: String(type["type"]), specs: type["specs"] };
}
