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

/** Texts with lone surrogates, control characters, and a character of every plane of Unicode. */
const anyText = fc.oneof(
	fc.string({ unit: "binary" }),
	fc
		.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
		.map((units) => String.fromCharCode(...units)),
	fc.integer({ min: 0, max: 16 }).map((plane) => String.fromCodePoint(plane * 0x10000 + 0x41)),
	fc.constantFrom("\ud800", "\udfff\ud800", "\u0000", "\u2028", "\ufeff", ""),
);
const anyName = fc.oneof(
	anyText,
	fc.constantFrom(
		"__proto__",
		"constructor",
		"prototype",
		"toJSON",
		"then",
		"value",
		"isLosslessNumber",
	),
);
const anyNumber = fc.oneof(
	fc.constantFrom(
		"9007199254740993",
		"-9007199254740993",
		"1e999",
		"-1e-999",
		"-0",
		"10.0",
		"1E+2",
	),
	fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,4})?$/),
);

/** A text in JSON, some of its characters written as escapes that nobody needs. */
const quoted = (text: fc.Arbitrary<string>) =>
	fc.tuple(text, fc.infiniteStream(fc.boolean())).map(([value, escaped]) => {
		const units = value.split("").map((unit) => {
			const plain = JSON.stringify(unit).slice(1, -1);
			if (!escaped.next().value) return plain;
			return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
		});
		return `"${units.join("")}"`;
	});

const { json: anyJson } = fc.letrec<{ json: string }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 5, depthSize: "small", withCrossShrink: true },
		fc.constantFrom("null", "true", "false"),
		anyNumber,
		quoted(anyText),
		fc.array(tie("json"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
		fc
			.uniqueArray(fc.tuple(quoted(anyName), tie("json")), {
				maxLength: 4,
				selector: ([name]) => JSON.parse(name),
			})
			.map((fields) => `{${fields.map(([name, value]) => `${name}:${value}`).join(",")}}`),
	),
}));

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
