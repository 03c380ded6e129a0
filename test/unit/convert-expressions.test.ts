import { spawnSync } from "node:child_process";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { type ExactObject, parseExact, stringifyExact } from "../../shared/json/exact.ts";
import { Expression, namesOf, Run } from "../../shared/reaction/expression.ts";
import { toCel } from "../../tools/convert/to-cel.ts";

const EVENTS = [
	{ value: 31, previous: 29, deviceName: "hall", code: 460, body: { items: { x: { value: 1 } } } },
	{
		value: 29.25,
		deviceName: "attic",
		code: 200,
		body: { items: { x: { value: 4 }, y: { value: 2 } } },
	},
	{
		value: 12,
		previous: 40,
		code: 200,
		deviceName: "a",
		list: [1, 2, 3, 4],
		kind: "door",
		data: { deep: { er: 5 } },
	},
	{ value: 30, previous: 30, code: 460, deviceName: "Hall 2", list: [7], kind: "window" },
];

/** Each with what it becomes; the two give the same for every event above. */
const CONVERTED: ReadonlyArray<readonly [string, string]> = [
	// Of the documentation.
	["previous <= 30 and value > 30", "previous <= 30 && value > 30"],
	["$round(value / 10)", "math.round(value / 10)"],
	["deviceName", "deviceName"],
	["kind = 'door'", 'kind == "door"'],
	["code != 200", "code != 200"],
	["value != previous", "previous != null && value != previous"],
	[
		"value > 30 and (previous <= 30 or $not($exists(previous)))",
		"value > 30 && (previous <= 30 || previous == null)",
	],
	["$exists(previous) ? previous : 'unknown'", 'previous != null ? previous : "unknown"'],
	["deviceName & ': ' & $string(value)", 'deviceName + ": " + string(value)'],
	// Of other kinds.
	["value + 1 > previous - (2 - 3)", "value + 1 > previous - (2 - 3)"],
	["-(value + 1) * 2", "-(value + 1) * 2"],
	["(value > 1 or value < 0) and code = 200", "(value > 1 || value < 0) && code == 200"],
	["$max([value, 30]) - $min([value, 30])", "[value, 30].max() - [value, 30].min()"],
	["$sum($map(list, function($n) { $n * 2 })) > 10", "list.map(n, n * 2).sum() > 10"],
	["$count($filter(list, function($n) { $n > 2 })) > 1", "size(list.filter(n, n > 2)) > 1"],
	[
		"($tenth := value / 10; $round($tenth, 1))",
		"cel.bind(tenth, value / 10, math.round(tenth * 10) / 10)",
	],
	["value in [12, 31]", "value in [12, 31]"],
	[
		"$uppercase($substring(deviceName, 0, 1)) & '!'",
		'string(deviceName.substring(0, 1).upperAscii()) + "!"',
	],
	[
		"$contains(deviceName, 'all') ? {'at': [value, code]} : 'none'",
		'deviceName.contains("all") ? {"at": [value, code]} : "none"',
	],
	["$.data.deep.er > 4", "data.deep.er > 4"],
	[
		"value > 30 ? 'high' : value > 20 ? 'middle' : 'low'",
		'value > 30 ? "high" : value > 20 ? "middle" : "low"',
	],
];

const cel = (text: string, event: object) => {
	const document = parseExact(JSON.stringify(event)) as ExactObject;
	const value = new Expression(text, namesOf("message")).evaluate(new Run(document));
	return value === undefined ? undefined : JSON.parse(stringifyExact(value));
};
/** Comparisons with what is not there are false in CEL and nothing in JSONata: both do not fire. */
const orFalse = (value: unknown) => value ?? false;

describe("JSONata converted to CEL", () => {
	it.each(CONVERTED)("%s becomes %s", (before, after) => {
		expect(toCel(before).cel).toBe(after);
	});

	it.each(CONVERTED)("%s means what it meant", async (before, after) => {
		for (const event of EVENTS) {
			const meant = await jsonata(before).evaluate(event);
			if (meant === undefined && !/[<>=]/.test(before)) continue;
			const same = JSON.parse(JSON.stringify(orFalse(meant)));
			expect(orFalse(cel(after, event)), JSON.stringify(event)).toEqual(same);
		}
	});

	it("takes the field of each with items.*.value", () => {
		const { cel: text } = toCel("body.items.*.value");
		expect(text).toBe("body.items.map(key, body.items[key].value)");
		expect(cel(text, EVENTS[1] ?? {})).toEqual([4, 2]);
	});

	it.each([
		["$now()", "$now has no counterpart"],
		["$contains(a, /x/)", "regular expressions are not taken"],
		["value > 30 ? 'x'", "a choice without an else"],
		["[1..5]", "there is no .. in CEL"],
		["list[$ > 2]", "only a place from 0"],
		["list[-1]", "only a place from 0"],
		["( $f := function($n) { $f($n) }; $f(1) )", "there is no lambda in CEL"],
		["value ~> $round", "there is no apply in CEL"],
		["list{kind: value}", "grouping"],
		["value >", "Unexpected end of expression"],
	])("does not convert %s, and says why", (text, reason) => {
		expect(() => toCel(text)).toThrow(reason);
	});

	it("notes where the two differ", () => {
		expect(toCel("$round(value)").notes).toEqual([expect.stringContaining("even number")]);
		expect(toCel("$not(value > 3)").notes).toEqual([expect.stringContaining("also where")]);
		expect(toCel("value > 30").notes).toEqual([]);
	});
});

describe("npm run convert", () => {
	const convert = (args: readonly string[], input = "") =>
		spawnSync("npx", ["tsx", "tools/convert-expressions.ts", ...args], { input, encoding: "utf8" });

	it("gives a line for each expression", () => {
		const { stdout, status } = convert(["a = 1", "b and c"]);
		expect(stdout).toBe("a == 1\nb && c\n");
		expect(status).toBe(0);
	});

	it("gives reactions as they were, with their expressions converted, and says what it left", () => {
		const input =
			'{"reactions":[{"id":"1","when":{"condition":"a = 1"},"do":{"args":{"big":9007199254740993,"n":"{% $now() %}","m":"{% a & \'x\' %}"}}}],"cursor":null}';
		const { stdout, stderr, status } = convert([], input);
		expect(stdout.trim()).toBe(
			input.replace("a = 1", "a == 1").replace("a & 'x'", 'string(a) + \\"x\\"'),
		);
		expect(stderr).toContain("/reactions/0/do/args/n: cannot be converted: $now");
		expect(status).toBe(1);
	});
});
