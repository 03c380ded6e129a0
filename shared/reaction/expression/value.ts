import { isExactNumber } from "../../json/exact.ts";
import { type AnyNumber, isNumber } from "./number.ts";

/**
 * What an expression handles: JSON whose numbers keep their digits, numbers
 * that were calculated, and undefined for what is not there.
 */
export type Value =
	| undefined
	| null
	| boolean
	| string
	| AnyNumber
	| readonly Value[]
	| { readonly [name: string]: Value };

type ValueMap = { readonly [name: string]: Value };

/** Not there, or null: what is calculated from it is nothing, too. */
export const isNothing = (value: Value): value is null | undefined =>
	value === null || value === undefined;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isMap = (value: Value): value is ValueMap =>
	typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);

/** A field of the data itself: nothing that an object inherits can be reached. */
export const fieldOf = (value: Value, field: string): Value =>
	isMap(value) && Object.hasOwn(value, field) ? value[field] : undefined;

/** As messages to people name it. */
export function kindOf(value: Value): string {
	if (value === undefined) return "nothing";
	if (value === null) return "null";
	if (typeof value === "boolean") return "true or false";
	if (typeof value === "string") return "a text";
	if (isNumber(value)) return "a number";
	return isList(value) ? "a list" : "a map";
}
