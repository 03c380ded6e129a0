import type { ExactJson } from "../json/exact.ts";
import { compile } from "./expression/compile.ts";
import { type Evaluate, truth } from "./expression/evaluate.ts";
import type { Names } from "./expression/names.ts";
import { parse } from "./expression/parse.ts";
import { toJson } from "./expression/result.ts";
import type { Run } from "./expression/run.ts";

export { ExpressionError } from "./expression/error.ts";
export { namesOf } from "./expression/names.ts";
export { Run } from "./expression/run.ts";

/**
 * An expression in CEL, the Common Expression Language, over an event. It has
 * no loop but over what is there, no function but those in
 * `expression/functions.ts`, and changes nothing; each part of it costs steps,
 * of which a run has a limit.
 */
export class Expression {
	readonly #evaluate: Evaluate;

	/** @throws ExpressionError with the place of what is wrong. */
	constructor(text: string, names: Names) {
		this.#evaluate = compile(parse(text), { names, variables: [] });
	}

	/** As JSON; undefined if it gives nothing. @throws ExpressionError if it fails or meets a limit. */
	evaluate(run: Run): ExactJson | undefined {
		return toJson(run, this.#evaluate(run));
	}

	/** Whether it is true; nothing is not. @throws ExpressionError also for what is neither true nor false. */
	holds(run: Run): boolean {
		return truth(run, this.#evaluate, 0);
	}
}
