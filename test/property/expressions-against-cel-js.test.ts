import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExactObject, parseExact, stringifyExact } from "../../shared/json/exact.ts";
import { Expression, namesOf, Run } from "../../shared/reaction/expression.ts";

const EVENT = {
	a: 2.5,
	b: -3.25,
	c: 40.75,
	s: "hall",
	t: "",
	u: "Grüße 🏠",
	yes: true,
	no: false,
	values: [1.5, -2.5, 40.75],
	texts: ["x", "hall", ""],
	fields: { k: 1.5, "odd key": "v" },
};

/** Expressions of one type each, within what both languages define the same way: every number has a point. */
const { number, text, truth } = fc.letrec<{ number: string; text: string; truth: string }>(
	(tie) => {
		const [number, text, truth] = [tie("number"), tie("text"), tie("truth")];
		const of = <T extends unknown[]>(
			parts: { [K in keyof T]: fc.Arbitrary<T[K]> },
			write: (...parts: T) => string,
		) => fc.tuple(...parts).map((made) => write(...(made as T)));
		const options = { maxDepth: 4, depthSize: "medium", withCrossShrink: true } as const;
		return {
			number: fc.oneof(
				options,
				fc.constantFrom("a", "b", "c", "1.0", "0.5", "-2.0", "fields.k", "fields['k']", "1e2"),
				of([number, fc.constantFrom("+", "-", "*"), number], (l, o, r) => `${l} ${o} ${r}`),
				of([number, fc.constantFrom("+", "-", "*"), number], (l, o, r) => `(${l} ${o} ${r})`),
				of([truth, number, number], (c, l, r) => `(${c} ? ${l} : ${r})`),
				of([number], (n) => `-(${n})`),
				of([number, number], (v, n) => `cel.bind(x, ${v}, x * (${n}))`),
			),
			text: fc.oneof(
				options,
				fc.constantFrom("s", "t", "u", "'x'", '"é\\n"', "r'\\d'", "'''a'b'''", "fields['odd key']"),
				of([text, text], (l, r) => `${l} + ${r}`),
				of([truth, text, text], (c, l, r) => `(${c} ? ${l} : ${r})`),
				of([text, fc.constantFrom("trim", "lowerAscii")], (l, f) => `(${l}).${f}()`),
				of([text], (l) => `texts.filter(e, e != ${l}).join('-')`),
			),
			truth: fc.oneof(
				options,
				fc.constantFrom(
					"yes",
					"no",
					"true",
					"false",
					"has(fields.k)",
					"has(fields.z)",
					"'k' in fields",
				),
				of([truth, fc.constantFrom("&&", "||"), truth], (l, o, r) => `(${l} ${o} ${r})`),
				of([truth, fc.constantFrom("&&", "||"), truth], (l, o, r) => `${l} ${o} ${r}`),
				of([truth], (l) => `!(${l})`),
				of(
					[number, fc.constantFrom("<", "<=", ">", ">=", "==", "!="), number],
					(l, o, r) => `(${l} ${o} ${r})`,
				),
				of([text, fc.constantFrom("<", ">=", "==", "!="), text], (l, o, r) => `(${l} ${o} ${r})`),
				of(
					[text, fc.constantFrom("contains", "startsWith", "endsWith"), text],
					(l, f, r) => `(${l}).${f}(${r})`,
				),
				of(
					[fc.constantFrom("all", "exists", "exists_one"), number],
					(f, n) => `values.${f}(e, e > ${n})`,
				),
				of([number, number], (l, r) => `values.map(e, e * (${l})) == values.map(e, e * (${r}))`),
				of([number], (n) => `(${n}) in values`),
			),
		};
	},
);

const environment = new Environment({ unlistedVariablesAreDyn: true });
const document = parseExact(JSON.stringify(EVENT)) as ExactObject;

function ours(expression: string): unknown {
	// More than one evaluation may take: what is compared is what it means.
	const json = new Expression(expression, namesOf("message")).evaluate(new Run(document, 1e6));
	return json === undefined ? undefined : JSON.parse(stringifyExact(json));
}

describe("expressions mean what another implementation of CEL says", () => {
	it.each([
		["conditions", truth],
		["numbers", number],
		["texts", text],
	] as const)("%s", (_, arbitrary) => {
		let compared = 0;
		fc.assert(
			fc.property(arbitrary, (expression) => {
				fc.pre(expression.length < 1_000);
				const theirs = environment.evaluate(expression, structuredClone(EVENT)) as unknown;
				fc.pre(typeof theirs !== "number" || Number.isFinite(theirs));
				compared++;
				expect(ours(expression), expression).toEqual(theirs === 0 ? 0 : theirs);
			}),
			{ numRuns: 700, seed: 20_261_124 },
		);
		expect(compared).toBeGreaterThan(400);
	});

	it.each([
		"1.0 +",
		"(1.0",
		"1.0)",
		"[1.0,,2.0]",
		"{'a' 1.0}",
		"a..b",
		"a ? b",
		"'x",
		"a b",
		"!",
		"a ==",
		"for",
		"'\\q'",
		"values.all(e)",
		"s.contains()",
		"nosuch(1.0)",
		"s.nosuch()",
	])("and neither takes %s", (expression) => {
		expect(() => environment.evaluate(expression, EVENT)).toThrow();
		expect(() => ours(expression)).toThrow();
	});
});
