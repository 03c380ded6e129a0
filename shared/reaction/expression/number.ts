import type { LosslessNumber } from "lossless-json";
import { exactNumber, isExactNumber } from "../../json/exact.ts";
import { ExpressionError } from "./error.ts";

/** As it was written, or calculated. */
export type AnyNumber = number | LosslessNumber;

/** A longer number can be passed on, but not compared or calculated with: reading it is no single step. */
const MAX_DIGITS = 400;
const WHOLE = /^-?\d+$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export const isNumber = (value: unknown): value is AnyNumber =>
	typeof value === "number" || isExactNumber(value);

/** The nearest 64-bit float; infinite where none is large enough. @throws ExpressionError */
export function toFloat(number: AnyNumber): number {
	if (typeof number === "number") return number;
	if (number.value.length <= MAX_DIGITS) return Number(number.value);
	throw new ExpressionError(`a number of more than ${MAX_DIGITS} digits can only be passed on`);
}

export const digitsOf = (number: AnyNumber): string =>
	typeof number === "number" ? String(number) : number.value;

/** A number in an expression. @throws ExpressionError */
export function numberLiteral(text: string, at: number): AnyNumber {
	if (JSON_NUMBER.test(text)) {
		const float = Number(text);
		return String(float) === text ? float : exactNumber(text);
	}
	// Hexadecimal, or written in a way that JSON does not know, such as `.5`.
	const negative = text.startsWith("-");
	const size = Number(negative ? text.slice(1) : text);
	if (!Number.isFinite(size) || (/x/i.test(text) && !Number.isSafeInteger(size))) {
		throw new ExpressionError("a number that is too large", at);
	}
	return negative ? -size : size;
}

/** A text that is a JSON number, with its digits; undefined for any other. */
export const numberIn = (text: string): AnyNumber | undefined =>
	JSON_NUMBER.test(text) ? exactNumber(text) : undefined;

/** Negative, zero or positive, like a difference. Whole numbers are compared digit by digit. */
export function compareNumbers(left: AnyNumber, right: AnyNumber): number {
	const [a, b] = [toFloat(left), toFloat(right)];
	// Rounding keeps the order: only what rounds to the same float is still open.
	if (a !== b) return a < b ? -1 : 1;
	return Number.isSafeInteger(a) ? 0 : byDigits(left, right);
}

function byDigits(left: AnyNumber, right: AnyNumber): number {
	const [a, b] = [digitsOf(left), digitsOf(right)];
	if (a === b || !WHOLE.test(a) || !WHOLE.test(b)) return 0;
	const difference = BigInt(a) - BigInt(b);
	return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** Whether it is written without point and exponent, and can be calculated with. */
export const isWhole = (number: AnyNumber): boolean =>
	typeof number === "number"
		? Number.isInteger(number)
		: number.value.length <= MAX_DIGITS && WHOLE.test(number.value);

/** @throws ExpressionError where the result has no place in a 64-bit float. */
export function calculated(result: number, at: number): number {
	if (Number.isFinite(result)) return result;
	throw new ExpressionError("divides by zero, or gives a number that is too large", at);
}
