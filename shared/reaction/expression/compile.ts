import { compileCall } from "./call.ts";
import { ExpressionError } from "./error.ts";
import { type Evaluate, truth } from "./evaluate.ts";
import { atIndex, inOrder, madeMap, minus, OPERATORS } from "./operators.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import type { Node } from "./syntax.ts";
import { fieldOf, type Value } from "./value.ts";

/** @throws ExpressionError for a name or a function that does not exist. */
export function compile(node: Node, scope: Scope): Evaluate {
	const part = (of: Node) => compile(of, scope);
	switch (node.kind) {
		case "literal":
			return () => node.value;
		case "name":
			return compileName(node, scope);
		case "field":
			return onOne(part(node.of), (_run, value) => fieldOf(value, node.field));
		case "index":
			return onTwo(part(node.of), part(node.index), atIndex, node.at);
		case "call":
			return compileCall(node, scope, compile);
		case "list":
			return inOrder(node.items.map(part));
		case "map":
			return madeMap(node.entries.map(([key, value]) => [part(key), part(value), key.at]));
		case "not": {
			const operand = part(node.operand);
			return (run) => !truth(run, operand, node.operand.at);
		}
		case "minus":
			return onOne(part(node.operand), (_run, value) => minus(value, node.at));
		case "all":
		case "any":
			return compileJoined(node, scope);
		case "binary":
			return onTwo(part(node.left), part(node.right), OPERATORS[node.operator], node.at);
		case "choice": {
			const condition = part(node.condition);
			const [yes, no] = [part(node.yes), part(node.no)];
			return (run) => (truth(run, condition, node.condition.at) ? yes(run) : no(run));
		}
	}
}

function compileName({ name, at }: Node & { kind: "name" }, scope: Scope): Evaluate {
	const slot = scope.variables.lastIndexOf(name);
	if (slot >= 0) {
		return (run) => {
			run.spend(1);
			return run.variables[slot];
		};
	}
	if (!scope.names.has(name)) {
		throw new ExpressionError(`there is no ${name}: ${scope.names.known}`, at);
	}
	return (run) => {
		run.spend(1);
		return fieldOf(run.document, name);
	};
}

/** From left to right, until one of them decides. */
function compileJoined(node: Node & { kind: "all" | "any" }, scope: Scope): Evaluate {
	const decides = node.kind === "any";
	const operands = node.operands.map((of) => [compile(of, scope), of.at] as const);
	return (run) => {
		for (const [operand, at] of operands) {
			if (truth(run, operand, at) === decides) return decides;
		}
		return !decides;
	};
}

const onOne =
	(part: Evaluate, of: (run: Run, value: Value) => Value): Evaluate =>
	(run) => {
		run.spend(1);
		return of(run, part(run));
	};

const onTwo =
	(
		left: Evaluate,
		right: Evaluate,
		of: (run: Run, left: Value, right: Value, at: number) => Value,
		at: number,
	): Evaluate =>
	(run) => {
		run.spend(1);
		return of(run, left(run), right(run), at);
	};
