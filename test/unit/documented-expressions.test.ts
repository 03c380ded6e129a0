import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FUNCTIONS, METHODS } from "../../shared/reaction/expression/functions.ts";
import { MACROS } from "../../shared/reaction/expression/macros.ts";
import { Expression, namesOf } from "../../shared/reaction/expression.ts";
import { toCel } from "../../tools/convert/to-cel.ts";

const PAGE = readFileSync("docs/schedules-and-reactions.md", "utf8");

const tableBelow = (heading: string) =>
	(PAGE.split(`\n${heading}\n`)[1] ?? "")
		.split("\n### ")[0]
		?.split("\n")
		.filter((line) => line.startsWith("| ") && line.includes("`"))
		.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"))) ?? [];

const codeIn = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

describe("the page of expressions", () => {
	const examples = tableBelow("### Expressions").flatMap(([, , cell]) => codeIn(cell));

	it("has examples", () => expect(examples.length).toBeGreaterThan(10));

	it.each(examples)("shows one that is taken: %s", (example) => {
		expect(() => new Expression(example, namesOf("property"))).not.toThrow();
	});

	const converted = tableBelow("### Reactions of earlier versions").flatMap(([, from, to]) => {
		const [before, after] = [codeIn(from), codeIn(to)];
		return before.map((text, index) => [text, after[index] ?? ""] as const);
	});

	it.each(converted.slice(4))("shows how %s is converted", (before, after) => {
		expect(toCel(before).cel.replaceAll('"', "'")).toBe(after);
	});

	it("names every function", () => {
		const line = PAGE.split("\n").find((text) => text.startsWith("Operators: ")) ?? "";
		const named = new Set(codeIn(line.split("Functions: ")[1]));
		const all = [...FUNCTIONS.keys(), ...METHODS.keys()].map((name) => name.replace("math.", ""));
		expect(all.filter((name) => !named.has(name))).toEqual([]);
		for (const macro of MACROS.keys()) expect(PAGE).toContain(macro);
	});

	it("shows the reaction of its first example as it may be stored", () => {
		for (const example of [
			"previous <= 30 && value > 30",
			"math.round(value / 10)",
			"deviceName",
		]) {
			expect(PAGE.split("## Reactions")[1]).toContain(example);
			expect(() => new Expression(example, namesOf("property"))).not.toThrow();
		}
	});
});
