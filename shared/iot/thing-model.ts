import { asDecimal, asInteger } from "../json/digits.ts";
import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../json/exact.ts";

/** The part of a thing model (TSL) that arguments depend on: the types of each service's inputs. */
export type ThingModel = ReadonlyMap<string, Inputs>;
type Inputs = ReadonlyMap<string, DataType>;

type DataType =
	| { readonly kind: "decimal" | "integer" | "other" }
	| { readonly kind: "struct"; readonly fields: Inputs }
	| { readonly kind: "array"; readonly item: DataType };

/** @throws SyntaxError if the text is not JSON; what is unknown in it counts as a type to leave alone. */
export function readThingModel(tsl: string): ThingModel {
	const model = parseExact(tsl);
	return new Map(
		list(isExactObject(model) ? model["services"] : undefined).map((service) => [
			String(service["identifier"]),
			fieldTypes(service["inputData"]),
		]),
	);
}

/** The services of a model that devices answer later, by a message. @throws SyntaxError */
export function asynchronousServices(tsl: string): ReadonlySet<string> {
	const model = parseExact(tsl);
	const services = list(isExactObject(model) ? model["services"] : undefined);
	const later = services.filter((service) => service["callType"] === "async");
	return new Set(later.map((service) => String(service["identifier"])));
}

function fieldTypes(fields: ExactJson | undefined): Inputs {
	return new Map(
		list(fields).map((field) => [String(field["identifier"]), dataType(field["dataType"])]),
	);
}

function dataType(type: ExactJson | undefined): DataType {
	if (!isExactObject(type)) return { kind: "other" };
	const specs = type["specs"];
	switch (type["type"]) {
		case "float":
		case "double":
			return { kind: "decimal" };
		case "int":
		case "enum":
		case "bool":
			return { kind: "integer" };
		case "struct":
			return { kind: "struct", fields: fieldTypes(specs) };
		case "array":
			return {
				kind: "array",
				item: dataType(isExactObject(specs) ? specs["item"] : undefined),
			};
		default:
			return { kind: "other" };
	}
}

function list(value: ExactJson | undefined): ExactObject[] {
	return Array.isArray(value) ? value.filter(isExactObject) : [];
}

/**
 * Writes numbers the way the model wants them: float and double with a decimal
 * point (`10` becomes `10.0`; help.aliyun.com/document_detail/69584.html),
 * integers without. The value of a number never changes; what does not fit is
 * left for the platform to refuse.
 */
export function fitArgs(args: string, inputs: Inputs): string {
	const parsed = parseExact(args);
	return isExactObject(parsed) ? stringifyExact(fitFields(parsed, inputs)) : args;
}

function fitFields(fields: ExactObject, types: Inputs): ExactObject {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => {
			const type = types.get(name);
			return [name, type ? fitValue(value, type) : value];
		}),
	);
}

function fitValue(value: ExactJson, type: DataType): ExactJson {
	if (isExactNumber(value)) {
		if (type.kind === "decimal") return exactNumber(asDecimal(value.value));
		if (type.kind === "integer") return exactNumber(asInteger(value.value));
		return value;
	}
	if (type.kind === "struct" && isExactObject(value)) return fitFields(value, type.fields);
	if (type.kind === "array" && Array.isArray(value)) {
		return value.map((item) => fitValue(item, type.item));
	}
	return value;
}

/** Whether an argument text holds a number anywhere; without one no model is needed. */
export function holdsNumber(args: string): boolean {
	const search = (value: ExactJson): boolean =>
		isExactNumber(value) ||
		(Array.isArray(value) && value.some(search)) ||
		(isExactObject(value) && Object.values(value).some(search));
	return search(parseExact(args));
}
