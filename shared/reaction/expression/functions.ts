import { ExpressionError } from "./error.ts";
import { type BuiltIn, takes, wrong } from "./function.ts";
import { MATH, ON_NUMBERS } from "./functions-math.ts";
import { ON_TEXTS } from "./functions-text.ts";
import {
	type AnyNumber,
	calculated,
	digitsOf,
	isNumber,
	isWhole,
	numberIn,
	toFloat,
} from "./number.ts";
import type { Run } from "./run.ts";
import { isList, isMap, type Value } from "./value.ts";

const size = takes(1, (run, [value], at) => {
	if (isList(value)) return value.length;
	if (isMap(value)) {
		const { length } = Object.keys(value);
		run.spend(length);
		return length;
	}
	if (typeof value !== "string") throw wrong("size", value, at);
	run.spendOnText(value.length);
	let characters = 0;
	for (const _character of value) characters++;
	return characters;
});

function numberOf(name: string, run: Run, value: Value, at: number): AnyNumber {
	if (isNumber(value)) return value;
	if (typeof value !== "string") throw wrong(name, value, at);
	run.spendOnText(value.length);
	const number = numberIn(value);
	if (number === undefined) throw new ExpressionError(`${name}(…): this text is no number`, at);
	return number;
}

const string = takes(1, (run, [value], at) => {
	if (typeof value !== "string" && typeof value !== "boolean" && !isNumber(value)) {
		throw wrong("string", value, at);
	}
	const text = isNumber(value) ? digitsOf(value) : String(value);
	run.spendOnText(text.length);
	return text;
});

const int = takes(1, (run, [value], at) => {
	const number = numberOf("int", run, value, at);
	return isWhole(number) ? number : calculated(Math.trunc(toFloat(number)), at);
});

const bool = takes(1, (_run, [value], at) => {
	if (value === true || value === "true") return true;
	if (value === false || value === "false") return false;
	throw wrong("bool", value, at);
});

/** Called as `name(…)`. */
export const FUNCTIONS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
	["size", size],
	["string", string],
	["double", takes(1, (run, [value], at) => numberOf("double", run, value, at))],
	["int", int],
	["bool", bool],
	...MATH.map(([name, builtIn]) => [`math.${name}`, builtIn] as const),
]);

/** Called as `value.name(…)`. */
export const METHODS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
	["size", size],
	...ON_TEXTS,
	...ON_NUMBERS,
]);
