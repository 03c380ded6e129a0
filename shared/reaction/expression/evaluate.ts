import { ExpressionError } from "./error.ts";
import type { Run } from "./run.ts";
import { isNothing, kindOf, type Value } from "./value.ts";

/** A part of an expression made into a function: it costs a step and those of its own parts. */
export type Evaluate = (run: Run) => Value;

/** The part as a condition: nothing counts as false. @throws ExpressionError if it is neither true nor false. */
export function truth(run: Run, part: Evaluate, at: number): boolean {
	run.spend(1);
	const value = part(run);
	if (typeof value === "boolean") return value;
	if (isNothing(value)) return false;
	throw new ExpressionError(`gives ${kindOf(value)}, not true or false`, at);
}
