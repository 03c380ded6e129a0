import { calculate } from "./calculate.ts";
import { compare, equal } from "./compare.ts";
import { ExpressionError } from "./error.ts";
import type { Evaluate } from "./evaluate.ts";
import { calculated, isNumber, toFloat } from "./number.ts";
import type { Run } from "./run.ts";
import type { Arithmetic, Comparison } from "./syntax.ts";
import { fieldOf, isList, isMap, isNothing, kindOf, type Value } from "./value.ts";

type OnTwo = (run: Run, left: Value, right: Value, at: number) => Value;

/** Compared with nothing, nothing is larger or smaller. */
const ordered =
	(holds: (difference: number) => boolean): OnTwo =>
	(run, left, right, at) => {
		const difference = compare(run, left, right, at);
		return difference !== undefined && holds(difference);
	};

const arithmetic =
	(operator: Arithmetic): OnTwo =>
	(run, left, right, at) =>
		calculate(run, operator, left, right, at);

export const OPERATORS: Readonly<Record<Comparison | Arithmetic, OnTwo>> = {
	"==": equal,
	"!=": (run, left, right) => !equal(run, left, right),
	"<": ordered((difference) => difference < 0),
	"<=": ordered((difference) => difference <= 0),
	">": ordered((difference) => difference > 0),
	">=": ordered((difference) => difference >= 0),
	in: isIn,
	"+": arithmetic("+"),
	"-": arithmetic("-"),
	"*": arithmetic("*"),
	"/": arithmetic("/"),
	"%": arithmetic("%"),
};

/** Whether a list has this element, or a map this key. */
function isIn(run: Run, item: Value, within: Value, at: number): boolean {
	if (isNothing(within)) return false;
	if (isList(within)) return within.some((one) => equal(run, one, item));
	if (isMap(within)) return typeof item === "string" && Object.hasOwn(within, item);
	throw new ExpressionError(`in seeks in a list or a map, not in ${kindOf(within)}`, at);
}

/** An element of a list, from 0, or a field of a map; nothing where there is none. */
export function atIndex(_run: Run, of: Value, index: Value, at: number): Value {
	if (isNothing(of) || isNothing(index)) return undefined;
	if (isMap(of) && typeof index === "string") return fieldOf(of, index);
	if (isList(of) && isNumber(index)) return of[toFloat(index)];
	throw new ExpressionError(`[…] cannot take ${kindOf(index)} of ${kindOf(of)}`, at);
}

export function minus(value: Value, at: number): Value {
	if (isNothing(value)) return undefined;
	if (isNumber(value)) return calculated(-toFloat(value), at);
	throw new ExpressionError(`- cannot take ${kindOf(value)}`, at);
}

export const inOrder =
	(items: readonly Evaluate[]): Evaluate =>
	(run) => {
		run.spend(1 + items.length);
		return items.map((item) => item(run));
	};

export const madeMap =
	(entries: ReadonlyArray<readonly [Evaluate, Evaluate, number]>): Evaluate =>
	(run) => {
		run.spend(1 + entries.length);
		const fields = entries.map(([key, value, at]): [string, Value] => {
			const name = key(run);
			if (typeof name === "string") return [name, value(run)];
			throw new ExpressionError(`a key must be a text, not ${kindOf(name)}`, at);
		});
		// Defines each field as the object's own, whatever its name: also `__proto__`.
		return Object.fromEntries(fields);
	};
