import { ExpressionError } from "./error.ts";
import type { Value } from "./value.ts";

/** Steps of one condition, or of all expressions of one command: about a millisecond. */
export const MAX_STEPS = 10_000;
/** No text may be longer than a message. */
const MAX_TEXT_LENGTH = 64 * 1024;
/** Characters that are read, compared or written in one step. */
const CHARACTERS_A_STEP = 16;

/** One evaluation: what it sees, and what it has spent. */
export class Run {
	readonly document: { readonly [name: string]: Value };
	/** Values of the variables that macros have made, the outermost first. */
	readonly variables: Value[] = [];
	readonly #limit: number;
	#steps = 0;
	#given = 0;

	/** @param limit steps, at most `MAX_STEPS`. */
	constructor(document: { readonly [name: string]: Value }, limit = MAX_STEPS) {
		this.document = document;
		this.#limit = limit;
	}

	get steps(): number {
		return this.#steps;
	}

	/** @throws ExpressionError before the work is done that these steps stand for. */
	spend(steps: number): void {
		this.#steps += steps;
		if (this.#steps <= this.#limit) return;
		throw new ExpressionError(
			this.#limit < MAX_STEPS
				? "its reaction has used up the steps that it has for this batch of events"
				: `takes more than ${MAX_STEPS} steps`,
		);
	}

	/** For work on a text of this length. @throws ExpressionError */
	spendOnText(length: number): void {
		if (length > MAX_TEXT_LENGTH) {
			throw new ExpressionError(`makes a text of more than ${MAX_TEXT_LENGTH} characters`);
		}
		this.spend(Math.ceil(length / CHARACTERS_A_STEP));
	}

	/** For this many characters of the result. @throws ExpressionError */
	give(length: number): void {
		this.#given += length;
		if (this.#given > MAX_TEXT_LENGTH) {
			throw new ExpressionError(`gives more than ${MAX_TEXT_LENGTH} characters`);
		}
		this.spend(Math.ceil(length / CHARACTERS_A_STEP));
	}
}
