import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asDecimal, asInteger } from "../../shared/json/digits.ts";
import { parseExact, stringifyExact } from "../../shared/json/exact.ts";

/** Numbers as JSON writes them: sign, digits of any length, fraction, exponent. */
const jsonNumber = fc
	.tuple(
		fc.constantFrom("", "-"),
		fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,24}$/)),
		fc.oneof(fc.constant(""), fc.stringMatching(/^\.[0-9]{1,12}$/)),
		fc.oneof(fc.constant(""), fc.stringMatching(/^[eE][+-]?[0-9]{1,2}$/)),
	)
	.map((parts) => parts.join(""));

/** The value as a fraction of two integers, worked out another way than the code does. */
function fractionOf(text: string): [bigint, bigint] {
	const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
	const [whole = "", fraction = ""] = mantissa.split(".");
	let numerator = BigInt(whole.replace("-", "") + fraction);
	if (text.startsWith("-")) numerator = -numerator;
	const scale = Number(exponent) - fraction.length;
	return scale >= 0 ? [numerator * 10n ** BigInt(scale), 1n] : [numerator, 10n ** BigInt(-scale)];
}

function sameValue(left: string, right: string): boolean {
	const [a, b] = fractionOf(left);
	const [c, d] = fractionOf(right);
	return a * d === c * b;
}

describe("numbers fitted to a thing model", () => {
	it("as float and double carry a decimal point, no exponent, and the same value", () => {
		fc.assert(
			fc.property(jsonNumber, (text) => {
				const fitted = asDecimal(text);
				expect(fitted).toMatch(/^-?\d+\.\d+$/);
				expect(sameValue(fitted, text)).toBe(true);
				expect(asDecimal(fitted)).toBe(fitted);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("as integers lose point and exponent only where the value is whole, and never change it", () => {
		fc.assert(
			fc.property(jsonNumber, (text) => {
				const fitted = asInteger(text);
				expect(sameValue(fitted, text)).toBe(true);
				const [numerator, denominator] = fractionOf(text);
				const whole = numerator % denominator === 0n;
				expect(/^-?\d+$/.test(fitted)).toBe(whole);
			}),
			{ numRuns: 2_000 },
		);
	});

	it.each([
		["10", "10.0"],
		["-3", "-3.0"],
		["1e3", "1000.0"],
		["1.5e-3", "0.0015"],
		["0", "0.0"],
		["10.50", "10.50"],
		["9007199254740993", "9007199254740993.0"],
	])("%s becomes %s as a float", (text, fitted) => {
		expect(asDecimal(text)).toBe(fitted);
	});
});

describe("exact JSON", () => {
	it("keeps every digit of every number", () => {
		fc.assert(
			fc.property(fc.array(jsonNumber), (numbers) => {
				const text = `{"n":[${numbers.join(",")}]}`;
				expect(stringifyExact(parseExact(text))).toBe(text);
			}),
		);
	});
});
