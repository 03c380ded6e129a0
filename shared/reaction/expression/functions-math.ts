import { type BuiltIn, takes, wrong } from "./function.ts";
import { calculated, compareNumbers, isNumber, isWhole, toFloat } from "./number.ts";
import { isList, type Value } from "./value.ts";

/** The name of a function, without `math.`, and what it does with a float. */
const ON_ONE: Readonly<Record<string, (number: number) => number>> = {
	// Half away from zero, as CEL's extension says.
	round: (number) => Math.sign(number) * Math.round(Math.abs(number)),
	floor: Math.floor,
	ceil: Math.ceil,
	trunc: Math.trunc,
	abs: Math.abs,
	sign: Math.sign,
	sqrt: Math.sqrt,
};
/** Of these a whole number is its own result, with every digit. */
const KEEP_WHOLE = new Set(["round", "floor", "ceil", "trunc"]);

const onOne = (name: string, of: (number: number) => number): BuiltIn =>
	takes(1, (_run, [value], at) => {
		if (!isNumber(value)) throw wrong(`math.${name}`, value, at);
		if (KEEP_WHOLE.has(name) && isWhole(value)) return value;
		return calculated(of(toFloat(value)), at);
	});

/** The number that all others are larger than (`sign` 1) or smaller than (-1); of an empty list nothing. */
const extreme = (name: string, sign: 1 | -1): BuiltIn =>
	takes(
		1,
		(run, args, at) => {
			const [first] = args;
			const numbers: readonly Value[] = args.length === 1 && isList(first) ? first : args;
			run.spend(numbers.length);
			let found: Value;
			for (const number of numbers) {
				if (!isNumber(number)) throw wrong(name, number, at);
				if (!isNumber(found) || compareNumbers(number, found) * sign < 0) found = number;
			}
			return found;
		},
		32,
	);

const sum = takes(1, (run, [list], at) => {
	if (!isList(list)) throw wrong("sum", list, at);
	run.spend(list.length);
	let total = 0;
	for (const item of list) {
		if (!isNumber(item)) throw wrong("sum", item, at);
		total += toFloat(item);
	}
	return calculated(total, at);
});

/** Called as `math.name(…)`. */
export const MATH: readonly (readonly [string, BuiltIn])[] = [
	...Object.entries(ON_ONE).map(([name, of]) => [name, onOne(name, of)] as const),
	["least", extreme("math.least", 1)],
	["greatest", extreme("math.greatest", -1)],
];

/** Called as `list.name()`, as in Kubernetes' library of CEL. */
export const ON_NUMBERS: readonly (readonly [string, BuiltIn])[] = [
	["sum", sum],
	["min", { ...extreme("min", 1), max: 1 }],
	["max", { ...extreme("max", -1), max: 1 }],
];
