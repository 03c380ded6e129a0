import { ExpressionError } from "./error.ts";
import type { Evaluate } from "./evaluate.ts";
import type { BuiltIn } from "./function.ts";
import { FUNCTIONS, METHODS } from "./functions.ts";
import { MACROS, type Macro } from "./macros.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import type { Node } from "./syntax.ts";
import { isList, isMap, isNothing, kindOf, type Value } from "./value.ts";

type CallNode = Node & { kind: "call" };
type Compile = (node: Node, scope: Scope) => Evaluate;

/** @throws ExpressionError for a function that does not exist, or has other arguments. */
export function compileCall(node: CallNode, scope: Scope, compile: Compile): Evaluate {
	const { target, name, args, at } = node;
	if (!target) {
		if (name === "has") return compileHas(node, scope, compile);
		return compileFunction(FUNCTIONS, name, args, at, scope, compile);
	}
	const space = target.kind === "name" && !scope.variables.includes(target.name) && target.name;
	if (space === "math") {
		return compileFunction(FUNCTIONS, `math.${name}`, args, at, scope, compile);
	}
	if (space === "cel" && name === "bind") return compileBind(node, scope, compile);
	const macro = MACROS.get(name);
	if (macro) return compileMacro(macro, node, target, scope, compile);
	return compileFunction(METHODS, name, [target, ...args], at, scope, compile);
}

function compileFunction(
	functions: ReadonlyMap<string, BuiltIn>,
	name: string,
	args: readonly Node[],
	at: number,
	scope: Scope,
	compile: Compile,
): Evaluate {
	const builtIn = functions.get(name);
	if (!builtIn) throw new ExpressionError(`there is no function ${name}(…)${hint(name)}`, at);
	const { min, max, call } = builtIn;
	if (args.length < min || args.length > max) throw wrongCount(name, at);
	const parts = args.map((arg) => compile(arg, scope));
	return (run) => {
		run.spend(1 + parts.length);
		const values = parts.map((part) => part(run));
		return values.some(isNothing) ? undefined : call(run, values, at);
	};
}

/** Whether it is called in another way. */
function hint(name: string): string {
	if (METHODS.has(name) || MACROS.has(name)) return `: it is written value.${name}(…)`;
	if (FUNCTIONS.has(name)) return `: it is written ${name}(value)`;
	return FUNCTIONS.has(`math.${name}`) ? `: it is written math.${name}(…)` : "";
}

const wrongCount = (name: string, at: number) =>
	new ExpressionError(`${name}(…) has another number of arguments`, at);

/** `has(a.b)`: whether the field is there. */
function compileHas({ args, at }: CallNode, scope: Scope, compile: Compile): Evaluate {
	const [of] = args;
	if (args.length !== 1 || of?.kind !== "field") {
		throw new ExpressionError("has(…) takes a field, as in has(body.name)", at);
	}
	const whole = compile(of, scope);
	return (run) => whole(run) !== undefined;
}

function variableOf(node: Node | undefined, name: string, at: number): string {
	if (node?.kind === "name") return node.name;
	throw new ExpressionError(`${name}(…) begins with the name of a variable`, node?.at ?? at);
}

function compileMacro(
	macro: Macro,
	{ name, args, at }: CallNode,
	target: Node,
	scope: Scope,
	compile: Compile,
): Evaluate {
	const [first, ...rest] = args;
	if (rest.length < macro.min || rest.length > macro.max) throw wrongCount(name, at);
	const slot = scope.variables.length;
	const variable = variableOf(first, name, at);
	const inside = { ...scope, variables: [...scope.variables, variable] };
	const of = compile(target, scope);
	const parts = rest.map((part) => compile(part, inside));
	return (run) => {
		run.spend(1);
		const value = of(run);
		if (isNothing(value)) return undefined;
		return macro.pass({ run, items: itemsOf(run, value, name, at), slot, parts, at });
	};
}

function itemsOf(run: Run, value: Value, name: string, at: number): readonly Value[] {
	if (isList(value)) return value;
	if (!isMap(value)) throw new ExpressionError(`${name}(…) cannot take ${kindOf(value)}`, at);
	const keys = Object.keys(value);
	run.spend(keys.length);
	return keys;
}

/** `cel.bind(name, value, expression)`: a value that is calculated once. */
function compileBind({ args, at }: CallNode, scope: Scope, compile: Compile): Evaluate {
	const [first, valueNode, bodyNode] = args;
	if (!valueNode || !bodyNode || args.length > 3) throw wrongCount("cel.bind", at);
	const slot = scope.variables.length;
	const variable = variableOf(first, "cel.bind", at);
	const value = compile(valueNode, scope);
	const body = compile(bodyNode, { ...scope, variables: [...scope.variables, variable] });
	return (run) => {
		run.spend(1);
		run.variables[slot] = value(run);
		return body(run);
	};
}
