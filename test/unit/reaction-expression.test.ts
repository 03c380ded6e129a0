import { describe, expect, it } from "vitest";
import { Expression } from "../../shared/reaction/expression.ts";

const evaluate = (text: string, document: unknown = { a: 1 }) =>
	new Expression(text).evaluate(document);

describe("an expression", () => {
	it.each([
		["a + 1", 2],
		["missing", undefined],
		["a > 0 ? 'yes' : 'no'", "yes"],
		["{'list': [1, 2, a]}", { list: [1, 2, 1] }],
		["items.*.value", [1, 2]],
	])("%s gives its value as plain JSON", async (text, value) => {
		expect(await evaluate(text, { a: 1, items: { x: { value: 1 }, y: { value: 2 } } })).toEqual(
			value,
		);
	});

	it.each([
		["a +", 3],
		["a b", 3],
		["(a", 2],
	])("%s does not compile, and says where", (text, position) => {
		expect(() => new Expression(text)).toThrow(`(at character ${position})`);
	});

	it.each(["$now()", "$millis()", "$random()", "$shuffle([1])", "$eval('1')", "$pad('x', 1e9)"])(
		"%s is refused: it would see more than the event, or has no bound",
		(text) => {
			expect(() => new Expression(text)).toThrow("is not available here");
			// Nor under another name.
			const [name = ""] = text.split("(");
			expect(() => new Expression(`( $f := ${name}; $f )`)).toThrow("is not available here");
		},
	);

	it("may not hold a regular expression, whose time has no limit", () => {
		expect(() => new Expression("$match(a, /(x+)+$/)")).toThrow("regular expressions");
	});

	it.each([
		["an endless loop", "( $f := function() { $f() }; $f() )", "steps"],
		["a recursion", "( $f := function($n) { 1 + $f($n + 1) }; $f(0) )", "nests deeper|steps"],
		[
			"a text that doubles itself",
			"$reduce([1..40], function($t, $i) { $t & $t }, 'x')",
			"text of more than",
		],
		[
			"a text that grows in one step",
			"$replace($string([1..900]), ',', $string([1..900]))",
			"text of more than",
		],
		["a list that grows", "[1..100000]", "list of more than"],
		["a large result", "[1..900].$string([1..300])", "more than"],
	])("is stopped by a limit: %s", async (_, text, reason) => {
		const began = performance.now();
		await expect(evaluate(text)).rejects.toThrow(new RegExp(reason));
		expect(performance.now() - began).toBeLessThan(2_000);
	});

	it.each(["constructor", "__proto__", "a.constructor", "$.toString", "$lookup($, 'constructor')"])(
		"%s reaches nothing behind the event",
		async (text) => {
			expect(await evaluate(text)).toBeUndefined();
		},
	);

	it("gives no function", async () => {
		await expect(evaluate("$sum")).rejects.toThrow("function");
	});

	it("is as good as new after one that failed", async () => {
		const expression = new Expression("a / b");
		await expect(expression.evaluate({ a: 1, b: "x" })).rejects.toThrow("T2002");
		expect(await expression.evaluate({ a: 6, b: 2 })).toBe(3);
	});

	it("keeps evaluations that are asked for at once apart", async () => {
		const expression = new Expression("$sum([1..100].$) + a");
		const values = await Promise.all([1, 2, 3].map((a) => expression.evaluate({ a })));
		expect(values).toEqual([5051, 5052, 5053]);
	});
});
