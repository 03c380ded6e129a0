import { ExpressionError } from "./error.ts";
import type { Run } from "./run.ts";
import { kindOf, type Value } from "./value.ts";

/** None of the arguments is nothing: of nothing, every function gives nothing. */
type Call = (run: Run, args: readonly Value[], at: number) => Value;

export interface BuiltIn {
	/** How many arguments it takes; what stands before the dot is the first. */
	readonly min: number;
	readonly max: number;
	readonly call: Call;
}

export const takes = (min: number, call: Call, max = min): BuiltIn => ({ min, max, call });

export function wrong(name: string, value: Value, at: number): ExpressionError {
	return new ExpressionError(`${name}(…) cannot take ${kindOf(value)}`, at);
}
