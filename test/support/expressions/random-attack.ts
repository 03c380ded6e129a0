import type { Attack } from "./attacks.ts";
import { EVENTS } from "./events.ts";

const VALUES = [
	"value",
	"name",
	"list",
	"map",
	"previous",
	"body",
	"1",
	"2.5",
	"'a'",
	"''",
	"true",
	"null",
	"gone",
	"[1, 2]",
	"{'a': 1}",
	"x",
	"y",
	"9007199254740993",
	"1e999",
];
const METHODS = [
	"size()",
	"contains('a')",
	"split('')",
	"join(',')",
	"replace('a', 'bb')",
	"sum()",
	"max()",
	"trim()",
	"substring(1)",
	"constructor",
	"__proto__",
	"a",
	"value",
	"upperAscii()",
];
const MACROS = ["all", "exists", "exists_one", "map", "filter"];
const OPERATORS = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||"];
const FUNCTIONS = [
	"size",
	"string",
	"int",
	"double",
	"bool",
	"math.round",
	"math.greatest",
	"math.sqrt",
];
/** Now and then, something that does not belong where it stands. */
const ODD = ["(", ")", "[", "]", ",", "?", "$", "=", "for", "'", ".", "\u0000", "\ud800", "{% "];

type Random = () => number;

/** An expression that is put together at random, on a random event. */
export function randomAttack(random: Random): Attack {
	const events = Object.keys(EVENTS) as Array<keyof typeof EVENTS>;
	const event = pick(random, events);
	const expression = expressionOf(random, 1 + Math.floor(random() * 5));
	if (random() > 0.1) return { aim: "random", expression, event };
	const at = Math.floor(random() * expression.length);
	const broken = `${expression.slice(0, at)}${pick(random, ODD)}${expression.slice(at)}`;
	return { aim: "random", expression: broken, event };
}

function pick<T>(random: Random, from: readonly [T, ...T[]] | readonly T[]): T {
	const found = from[Math.floor(random() * from.length)];
	if (found === undefined) throw new Error("there is nothing to pick from");
	return found;
}

function expressionOf(random: Random, depth: number): string {
	if (depth === 0) return pick(random, VALUES);
	const part = () => expressionOf(random, depth - 1);
	switch (Math.floor(random() * 9)) {
		case 0:
			return `(${part()} ${pick(random, OPERATORS)} ${part()})`;
		case 1:
			return `${part()} ${pick(random, OPERATORS)} ${part()}`;
		case 2:
			return `${part()}.${pick(random, METHODS)}`;
		case 3:
			return `${part()}.${pick(random, MACROS)}(x, ${part()})`;
		case 4:
			return `${pick(random, FUNCTIONS)}(${part()})`;
		case 5:
			return `(${part()} ? ${part()} : ${part()})`;
		case 6:
			return `cel.bind(y, ${part()}, ${part()})`;
		case 7:
			return `[${part()}, ${part()}][${part()}]`;
		default:
			return `{'k': ${part()}, '__proto__': ${part()}}.k`;
	}
}
