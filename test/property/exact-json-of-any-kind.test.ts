import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	depthOf,
	type ExactJson,
	freeze,
	isExactObject,
	MAX_DEPTH,
	parseExact,
	stringifyExact,
	toPlain,
} from "../../shared/json/exact.ts";
import { anyJson, anyName } from "../support/fuzz/any-json.ts";

const isOwn = (value: ExactJson): boolean =>
	!isExactObject(value) ||
	(Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isOwn));

describe("exact JSON of any kind", () => {
	it("is read, written, and read as the same again", () => {
		fc.assert(
			fc.property(anyJson, (text) => {
				const value = parseExact(text);
				const written = stringifyExact(value);
				expect(stringifyExact(parseExact(written))).toBe(written);
				expect(JSON.stringify(JSON.parse(written))).toBe(JSON.stringify(JSON.parse(text)));
				expect(isOwn(value)).toBe(true);
			}),
			{ numRuns: 2_000, seed: 20_260_724 },
		);
	});

	it("is written such that UTF-8 keeps it", () => {
		fc.assert(
			fc.property(anyJson, (text) => {
				const written = stringifyExact(parseExact(text));
				expect(Buffer.from(written, "utf8").toString("utf8")).toBe(written);
			}),
			{ numRuns: 1_000, seed: 20_260_725 },
		);
	});

	it("loses nothing but digits where it becomes ordinary values", () => {
		fc.assert(
			fc.property(anyJson, (text) => {
				const finite = JSON.stringify(JSON.parse(text));
				expect(JSON.stringify(toPlain(parseExact(text)))).toBe(finite);
			}),
			{ numRuns: 1_000, seed: 20_260_726 },
		);
	});

	it("pollutes no prototype, whatever its names are", () => {
		fc.assert(
			fc.property(anyName, anyJson, (name, value) => {
				const text = `{${JSON.stringify(name)}:{"polluted":${value}}}`;
				toPlain(freeze(parseExact(text)));
				expect("polluted" in {}).toBe(false);
			}),
			{ numRuns: 500, seed: 20_260_727 },
		);
	});

	it.each(["__proto__", "constructor", "\\u005f_proto__", "__prot\\u006f__"])(
		"may have a field of the name %s, which is the object's own",
		(name) => {
			const value = parseExact(`{"a":{"${name}":{"x":1}}}`);
			const inner = isExactObject(value) ? value["a"] : undefined;
			expect(isExactObject(inner) && Object.keys(inner)).toEqual([JSON.parse(`"${name}"`)]);
			expect(Object.getPrototypeOf(inner)).toBe(Object.prototype);
		},
	);

	it("is as deep as it may be read again, and no deeper", () => {
		const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}${"]}".repeat(levels / 2)}`;
		expect(depthOf(parseExact(nested(MAX_DEPTH)))).toBe(MAX_DEPTH);
		expect(() => parseExact(nested(MAX_DEPTH + 2))).toThrow(`${MAX_DEPTH} levels`);
		expect(() => parseExact("[".repeat(1_000_000))).toThrow(`${MAX_DEPTH} levels`);
		const inText = JSON.stringify({ a: "[".repeat(1_000) });
		expect(stringifyExact(parseExact(inText))).toBe(inText);
	});

	it.each([
		"",
		" ",
		"{",
		'{"a":1,}',
		"[1,]",
		"01",
		"+1",
		"1.",
		".5",
		"NaN",
		"'a'",
		'"\\x41"',
		'"\\ud80"',
		'{"a":1,"a":2}',
		"[1]x",
		"\u0000",
	])("refuses what is no JSON, as an error of syntax: %j", (text) => {
		expect(() => parseExact(text)).toThrow(SyntaxError);
	});
});
