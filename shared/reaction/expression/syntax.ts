import type { Value } from "./value.ts";

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

interface Place {
	/** Index of the character at which an error in it is reported. */
	readonly at: number;
	/** Levels of the tree below and including this one. */
	readonly depth: number;
}

/** An expression as a tree. */
export type Node = Place &
	(
		| { readonly kind: "literal"; readonly value: Value }
		| { readonly kind: "name"; readonly name: string }
		| { readonly kind: "field"; readonly of: Node; readonly field: string }
		| { readonly kind: "index"; readonly of: Node; readonly index: Node }
		| {
				readonly kind: "call";
				/** What stands before the dot, if there is one. */
				readonly target: Node | undefined;
				readonly name: string;
				readonly args: readonly Node[];
		  }
		| { readonly kind: "list"; readonly items: readonly Node[] }
		| { readonly kind: "map"; readonly entries: ReadonlyArray<readonly [Node, Node]> }
		| { readonly kind: "not" | "minus"; readonly operand: Node }
		| { readonly kind: "all" | "any"; readonly operands: readonly Node[] }
		| {
				readonly kind: "binary";
				readonly operator: Comparison | Arithmetic;
				readonly left: Node;
				readonly right: Node;
		  }
		| { readonly kind: "choice"; readonly condition: Node; readonly yes: Node; readonly no: Node }
	);
