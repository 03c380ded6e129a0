import { type Evaluate, truth } from "./evaluate.ts";
import type { Run } from "./run.ts";
import type { Value } from "./value.ts";

/** One pass over a list, or over the keys of a map. */
interface Pass {
	readonly run: Run;
	readonly items: readonly Value[];
	/** The place of the variable that holds the item. */
	readonly slot: number;
	/** What is written behind the variable: evaluated with each item. */
	readonly parts: readonly Evaluate[];
	readonly at: number;
}

export interface Macro {
	/** How many parts may stand behind the variable. */
	readonly min: number;
	readonly max: number;
	readonly pass: (pass: Pass) => Value;
}

/** Calls `each` with item after item, until it says true. */
function visit({ run, items, slot }: Pass, each: (item: Value) => boolean | undefined): boolean {
	for (const item of items) {
		run.spend(1);
		run.variables[slot] = item;
		if (each(item)) return true;
	}
	return false;
}

const holds = ({ run, parts: [part], at }: Pass) => part !== undefined && truth(run, part, at);

function map(pass: Pass): Value {
	const [first, second] = pass.parts;
	const made: Value[] = [];
	visit(pass, () => {
		if (second && !holds(pass)) return false;
		made.push((second ?? first)?.(pass.run));
		return false;
	});
	return made;
}

function filter(pass: Pass): Value {
	const kept: Value[] = [];
	visit(pass, (item) => {
		if (holds(pass)) kept.push(item);
		return false;
	});
	return kept;
}

function existsOne(pass: Pass): Value {
	let found = 0;
	return !visit(pass, () => holds(pass) && ++found > 1) && found === 1;
}

/** Called as `list.name(variable, …)`. */
export const MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
	["all", { min: 1, max: 1, pass: (pass) => !visit(pass, () => !holds(pass)) }],
	["exists", { min: 1, max: 1, pass: (pass) => visit(pass, () => holds(pass)) }],
	["exists_one", { min: 1, max: 1, pass: existsOne }],
	["filter", { min: 1, max: 1, pass: filter }],
	["map", { min: 1, max: 2, pass: map }],
]);
