import { ExpressionError } from "./error.ts";
import { calculated, isNumber, toFloat } from "./number.ts";
import type { Run } from "./run.ts";
import type { Arithmetic } from "./syntax.ts";
import { isList, isNothing, kindOf, type Value } from "./value.ts";

const ON_NUMBERS: Readonly<Record<Arithmetic, (left: number, right: number) => number>> = {
	"+": (left, right) => left + right,
	"-": (left, right) => left - right,
	"*": (left, right) => left * right,
	"/": (left, right) => left / right,
	"%": (left, right) => left % right,
};

const VERBS: Readonly<Record<Arithmetic, string>> = {
	"+": "add",
	"-": "subtract",
	"*": "multiply",
	"/": "divide",
	"%": "divide",
};

/** Numbers are of one kind, as in JSON: 7 / 2 is 3.5. @throws ExpressionError */
export function calculate(
	run: Run,
	operator: Arithmetic,
	left: Value,
	right: Value,
	at: number,
): Value {
	if (isNothing(left) || isNothing(right)) return undefined;
	if (isNumber(left) && isNumber(right)) {
		return calculated(ON_NUMBERS[operator](toFloat(left), toFloat(right)), at);
	}
	if (operator === "+" && typeof left === "string" && typeof right === "string") {
		run.spendOnText(left.length + right.length);
		return left + right;
	}
	if (operator === "+" && isList(left) && isList(right)) {
		run.spend(left.length + right.length);
		return [...left, ...right];
	}
	const oneIsText = typeof left === "string" || typeof right === "string";
	const hint = operator === "+" && oneIsText ? "; make a text of it with string(…)" : "";
	const kinds = `${kindOf(left)} and ${kindOf(right)}`;
	throw new ExpressionError(`cannot ${VERBS[operator]} ${kinds}${hint}`, at);
}
