/** Why an expression is refused when it is stored, or has no value for an event. */
export class ExpressionError extends Error {
	override readonly name = "ExpressionError";

	/** @param at index of the character in the expression; people count from 1. */
	constructor(message: string, at?: number) {
		super(at === undefined ? message : `${message} (at character ${at + 1})`);
	}
}
