import { ExpressionError } from "./error.ts";
import { compareNumbers, isNumber } from "./number.ts";
import type { Run } from "./run.ts";
import { isList, isMap, isNothing, kindOf, type Value } from "./value.ts";

/** Whether two values are the same, however deep; nothing is null. */
export function equal(run: Run, left: Value, right: Value): boolean {
	run.spend(1);
	if (isNothing(left) || isNothing(right)) return isNothing(left) && isNothing(right);
	if (typeof left === "string" && typeof right === "string") {
		if (left.length !== right.length) return false;
		run.spendOnText(left.length);
		return left === right;
	}
	if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
	if (isList(left) && isList(right)) {
		return (
			left.length === right.length && left.every((item, index) => equal(run, item, right[index]))
		);
	}
	if (isMap(left) && isMap(right)) return equalMaps(run, left, right);
	return left === right;
}

function equalMaps(
	run: Run,
	left: { readonly [name: string]: Value },
	right: { readonly [name: string]: Value },
): boolean {
	const names = Object.keys(left);
	run.spend(names.length);
	return (
		names.length === Object.keys(right).length &&
		names.every((name) => Object.hasOwn(right, name) && equal(run, left[name], right[name]))
	);
}

/**
 * Negative, zero or positive, like a difference; undefined if one of them is nothing.
 *
 * @throws ExpressionError for what has no order.
 */
export function compare(run: Run, left: Value, right: Value, at: number): number | undefined {
	if (isNothing(left) || isNothing(right)) return undefined;
	if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
	if (typeof left === "string" && typeof right === "string") {
		run.spendOnText(Math.min(left.length, right.length));
		return left === right ? 0 : left < right ? -1 : 1;
	}
	if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
	throw new ExpressionError(`cannot compare ${kindOf(left)} with ${kindOf(right)}`, at);
}
