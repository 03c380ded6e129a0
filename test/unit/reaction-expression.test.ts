import { describe, expect, it } from "vitest";
import { type ExactObject, freeze, parseExact, stringifyExact } from "../../shared/json/exact.ts";
import { Expression, namesOf, Run } from "../../shared/reaction/expression.ts";

const any = namesOf("message");
const DOCUMENT = {
	a: 1,
	value: 30.5,
	name: "Hall 🏠",
	none: null,
	list: [3, 1, 2],
	items: { x: { value: 1 }, y: { value: 2 } },
};

const frozen = (document: unknown) => freeze(parseExact(JSON.stringify(document)) as ExactObject);

/** As JSON text; undefined for nothing. */
function evaluate(text: string, document: unknown = DOCUMENT): string | undefined {
	const json = new Expression(text, any).evaluate(new Run(frozen(document)));
	return json === undefined ? undefined : stringifyExact(json);
}
const holds = (text: string, document: unknown = DOCUMENT) =>
	new Expression(text, any).holds(new Run(frozen(document)));

describe("an expression gives", () => {
	it.each([
		["a + 1", "2"],
		["7 / 2", "3.5"],
		["-7 % 4", "-3"],
		["2 + 3 * 4 - -1", "15"],
		["(2 + 3) * 4", "20"],
		["0x1f", "31"],
		["1 < 2 && !(2 < 1) || false", "true"],
		["a > 0 ? 'yes' : 'no'", '"yes"'],
		["a == 1 ? b == 2 ? 1 : 2 : 3", "2"],
		["{'list': [1, 2, a,],}", '{"list":[1,2,1]}'],
		["items.map(k, items[k].value)", "[1,2]"],
		["list.filter(n, n > 1).map(n, n * 10)", "[30,20]"],
		["list.map(n, n > 1, n * 10)", "[30,20]"],
		["list.all(n, n > 0)", "true"],
		["list.exists(n, n > 2) && !list.exists(n, n > 3)", "true"],
		["[list.exists_one(n, n > 2), list.exists_one(n, n > 1)]", "[true,false]"],
		["list.map(x, list.map(y, x * y))", "[[9,3,6],[3,1,2],[6,2,4]]"],
		["[list.sum(), list.min(), list.max(), list.size()]", "[6,1,3,3]"],
		["[math.least(2, 1), math.greatest(list), math.round(-2.5), math.ceil(1.1)]", "[1,3,-3,2]"],
		[
			"[math.floor(-1.5), math.trunc(-1.5), math.abs(-2), math.sign(-3), math.sqrt(9)]",
			"[-2,-1,2,-1,3]",
		],
		["cel.bind(n, a + 1, n * n)", "4"],
		["list[0] + list[-1]", undefined],
		["items['x'].value", "1"],
		["items['x'] == {'value': 1.0}", "true"],
		["2 in list && 'x' in items && !('z' in items)", "true"],
		["has(items.x) && !has(items.z) && has(body.none) == false", "true"],
		["'ab' + \"c\" + '''d\ne''' + r'\\n' + '\\u00e9\\x41\\101\\U0001F600'", '"abcd\\ne\\\\néAA😀"'],
		["[name.size(), size('')]", "[6,0]"],
		["[name.substring(5), name.substring(0, 4), name.indexOf('🏠')]", '["🏠","Hall",5]'],
		["'a,b,c'.split(',').join('-').replace('-b', '').upperAscii()", '"A-C"'],
		["['  x '.trim(), 'ÀB'.lowerAscii(), 'abcab'.lastIndexOf('ab')]", '["x","Àb",3]'],
		["'abc'.contains('b') && 'abc'.startsWith('ab') && 'abc'.endsWith('bc')", "true"],
		["[int('12'), int(2.9), int(-2.9), double('1.50'), bool('true')]", "[12,2,-2,1.50,true]"],
		["string(value) + string(true) + string(10.0)", '"30.5true10.0"'],
		["[1] + [2] == [1, 2]", "true"],
		["// first\na // last", "1"],
	])("%s", (text, value) => {
		expect(evaluate(text)).toBe(value);
	});
});

describe("what is not there", () => {
	it.each(["none", "gone"])("(%s) makes no error, and is no threshold that is crossed", (name) => {
		for (const operator of ["<", "<=", ">", ">="]) {
			expect(holds(`${name} ${operator} 30`)).toBe(false);
			expect(holds(`30 ${operator} ${name}`)).toBe(false);
		}
		expect(holds(`${name} <= 30 && value > 30`)).toBe(false);
		expect(holds(`${name} == null && !(${name} != null) && !${name}`)).toBe(true);
		expect(holds(name)).toBe(false);
		expect(holds(`${name}.contains('x') || ${name}.exists(x, true) || 1 in ${name}`)).toBe(false);
	});

	it("gives nothing to what is calculated from it", () => {
		for (const text of [
			"gone + 1",
			"-gone",
			"gone.deep.er",
			"math.round(gone)",
			"gone[0]",
			"a.b",
		]) {
			expect(evaluate(text)).toBeUndefined();
		}
		expect(evaluate("[gone, 1]")).toBe("[null,1]");
		expect(evaluate("{'x': gone, 'y': none}")).toBe('{"y":null}');
	});
});

describe("a number", () => {
	const document = '{"big":9007199254740993,"ten":10.0,"huge":1e999,"tiny":1e-400}';
	const exact = (text: string) => {
		const json = new Expression(text, any).evaluate(new Run(parseExact(document) as ExactObject));
		return json === undefined ? undefined : stringifyExact(json);
	};

	it("keeps its digits where it is passed on", () => {
		for (const [name, digits] of [
			["big", "9007199254740993"],
			["ten", "10.0"],
			["huge", "1e999"],
			["tiny", "1e-400"],
			["true ? big : 1", "9007199254740993"],
			["[big, ten][0]", "9007199254740993"],
			["9007199254740993", "9007199254740993"],
			["-9007199254740993", "-9007199254740993"],
			["math.round(big)", "9007199254740993"],
			["math.greatest(big, 9007199254740992)", "9007199254740993"],
		]) {
			expect(exact(name ?? "")).toBe(digits);
		}
	});

	it("is whole or not without a difference", () => {
		for (const value of ["31", "31.0", "30.5", "3.1e1"]) {
			const run = new Run(parseExact(`{"value":${value}}`) as ExactObject);
			expect(new Expression("value > 30 && value <= 31", any).holds(run)).toBe(true);
		}
		expect(exact("ten == 10 && ten in [10] && huge > big")).toBe("true");
	});

	it("is compared with every digit, if it is whole", () => {
		expect(exact("big == 9007199254740993")).toBe("true");
		expect(exact("big == 9007199254740992 || big <= 9007199254740992")).toBe("false");
	});

	it("that is calculated is finite", () => {
		for (const text of ["1 / 0", "0 / 0", "1 % 0", "huge * 1", "1e308 * 10", "math.sqrt(-1)"]) {
			expect(() => exact(text)).toThrow("too large");
		}
	});
});

describe("a mistake", () => {
	it.each([
		["a +", "expected a value, found the end (at character 4)"],
		["a b", "expected an operator, found b (at character 3)"],
		["(a", "expected ), found the end (at character 3)"],
		["", "expected a value, found the end (at character 1)"],
		["a = 1", "equality is written == (at character 3)"],
		["a > 1 and a < 3", "`and` is written && (at character 7)"],
		["a or b", "`or` is written || (at character 3)"],
		["a & b", "texts are joined by +"],
		["$round(a)", "functions have no $ here"],
		[
			"a.matches('x')",
			"regular expressions have no limit of time and are not taken (at character 3)",
		],
		["round(a)", "there is no function round(…): it is written math.round(…) (at character 1)"],
		["contains(a)", "it is written value.contains(…)"],
		["a.string()", "it is written string(value)"],
		["size()", "another number of arguments"],
		["list.all(1, true)", "begins with the name of a variable (at character 10)"],
		["has(a)", "takes a field"],
		["for", "reserved word"],
		["'open", "this text has no end (at character 1)"],
		["'\\q'", "an escape that does not exist (at character 2)"],
		["'\\ud800'", "stands for no character"],
		["b'x'", "there are no bytes"],
		["1u", "a number is followed by a letter (at character 2)"],
		["a ~ b", '"~" does not belong here (at character 3)'],
	])("is refused before there is an event: %s", (text, reason) => {
		expect(() => new Expression(text, any)).toThrow(reason);
	});

	it.each([
		["name > 30", "cannot compare a text with a number (at character 6)"],
		[
			"name + 1",
			"cannot add a text and a number; make a text of it with string(…) (at character 6)",
		],
		["list * 2", "cannot multiply a list and a number (at character 6)"],
		["a && true", "gives a number, not true or false (at character 1)"],
		["list['x']", "[…] cannot take a text of a list (at character 5)"],
		["double(name)", "this text is no number"],
		["a.contains('x')", "contains(…) cannot take a number (at character 3)"],
		["{1: 2}", "a key must be a text, not a number (at character 2)"],
		["name.substring(7)", "no such place"],
		["1 in 'text'", "in seeks in a list or a map, not in a text (at character 3)"],
	])("is an error for the event that shows it: %s", (text, reason) => {
		expect(() => evaluate(text)).toThrow(reason);
	});

	it("is a condition that gives neither true nor false", () => {
		expect(() => holds("a + 1")).toThrow("gives a number, not true or false");
	});
});

describe("a name", () => {
	it.each([
		["property", "valu > 30", "there is no valu: an event of the source property has id, "],
		["property", "value > 30 && temprature", "(at character 15)"],
		["event", "previous > 1", "there is no previous"],
		["status", "value", "any other field of the message is body.…"],
		["reply", "list.map(x, y)", "there is no list"],
	] as const)(
		"that an event of the source %s does not have is refused: %s",
		(source, text, reason) => {
			expect(() => new Expression(text, namesOf(source))).toThrow(reason);
		},
	);

	it.each([
		["property", "previous <= 30 && value > 30 && body.anything.at.all == 1"],
		["event", "value.level > 3 && identifier == 'alarm' && type == 'alert' && name != ''"],
		["status", "status == 'online' && clientIp != ''"],
		["reply", "code != 200 && has(data.x) && message == ''"],
		["message", "whatever > 1"],
		["property", "[1].all(valu, valu > 0)"],
	] as const)("of the source %s is taken: %s", (source, text) => {
		expect(() => new Expression(text, namesOf(source))).not.toThrow();
	});
});
