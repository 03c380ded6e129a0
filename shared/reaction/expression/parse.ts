import { ExpressionError } from "./error.ts";
import { numberLiteral } from "./number.ts";
import type { Arithmetic, Comparison, Node } from "./syntax.ts";
import { type Token, tokens } from "./token.ts";

const MAX_EXPRESSION_LENGTH = 4_096;
/** Of the tree, which evaluation descends by recursion. */
const MAX_DEPTH = 200;

/** Binary operators, the loosest first. */
const LEVELS: ReadonlyArray<ReadonlySet<string>> = [
	new Set<Comparison>(["==", "!=", "<", "<=", ">", ">=", "in"]),
	new Set<Arithmetic>(["+", "-"]),
	new Set<Arithmetic>(["*", "/", "%"]),
];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
	["true", true],
	["false", false],
	["null", null],
]);

/** May name nothing (CEL language definition, "Syntax"). */
const RESERVED = new Set(
	"as break const continue else for function if import let loop package namespace return var void while in".split(
		" ",
	),
);

const ELSEWHERE: ReadonlyMap<string, string> = new Map([
	["and", "`and` is written &&"],
	["or", "`or` is written ||"],
	["not", "`not` is written !"],
	["matches", "regular expressions have no limit of time and are not taken"],
]);

type Shape<T = Node> = T extends Node ? Omit<T, "depth"> : never;

/** Reads the grammar of CEL, the Common Expression Language. @throws ExpressionError */
export function parse(source: string): Node {
	if (source.length > MAX_EXPRESSION_LENGTH) {
		throw new ExpressionError(`is longer than ${MAX_EXPRESSION_LENGTH} characters`);
	}
	return new Parser(tokens(source)).whole();
}

class Parser {
	readonly #tokens: readonly Token[];
	#next = 0;
	#nested = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	whole(): Node {
		const node = this.#expression();
		if (this.#token.kind !== "end") throw this.#unexpected("an operator");
		return node;
	}

	get #token(): Token {
		const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
		if (!token) throw new ExpressionError("is empty");
		return token;
	}

	#is(text: string): boolean {
		const { kind } = this.#token;
		return (kind === "sign" || kind === "name") && this.#token.text === text;
	}

	#take(text: string): boolean {
		if (!this.#is(text)) return false;
		this.#next++;
		return true;
	}

	#expect(text: string): void {
		if (!this.#take(text)) throw this.#unexpected(text);
	}

	#unexpected(wanted: string): ExpressionError {
		const { text, at } = this.#token;
		return new ExpressionError(ELSEWHERE.get(text) ?? `expected ${wanted}, found ${text}`, at);
	}

	#node(shape: Shape, ...children: readonly Node[]): Node {
		const depth = 1 + Math.max(0, ...children.map((child) => child.depth));
		if (depth > MAX_DEPTH) throw tooDeep(shape.at);
		return { ...shape, depth };
	}

	/** Everything that the parser itself descends into comes through here. */
	#deeper(read: () => Node): Node {
		if (++this.#nested > MAX_DEPTH) throw tooDeep(this.#token.at);
		const node = read();
		this.#nested--;
		return node;
	}

	#expression(): Node {
		return this.#deeper(() => {
			const condition = this.#joined("any", "||", () =>
				this.#joined("all", "&&", () => this.#binary(0)),
			);
			const { at } = this.#token;
			if (!this.#take("?")) return condition;
			const yes = this.#expression();
			this.#expect(":");
			const no = this.#expression();
			return this.#node({ kind: "choice", condition, yes, no, at }, condition, yes, no);
		});
	}

	#joined(kind: "all" | "any", sign: string, operand: () => Node): Node {
		const first = operand();
		const operands = [first];
		const { at } = this.#token;
		while (this.#take(sign)) operands.push(operand());
		return operands.length === 1 ? first : this.#node({ kind, operands, at }, ...operands);
	}

	#binary(level: number): Node {
		const operators = LEVELS[level];
		if (!operators) return this.#unary();
		let left = this.#binary(level + 1);
		for (;;) {
			const { text, at, kind } = this.#token;
			if (kind === "text" || !operators.has(text)) return left;
			this.#next++;
			const right = this.#binary(level + 1);
			const operator = text as Comparison | Arithmetic;
			left = this.#node({ kind: "binary", operator, left, right, at }, left, right);
		}
	}

	#unary(): Node {
		const { at } = this.#token;
		if (this.#take("!")) {
			const operand = this.#deeper(() => this.#unary());
			return this.#node({ kind: "not", operand, at }, operand);
		}
		if (!this.#take("-")) return this.#postfix();
		// Together with its sign, so that a large number keeps its digits.
		if (this.#token.kind === "number") return this.#postfix("-");
		const operand = this.#deeper(() => this.#unary());
		return this.#node({ kind: "minus", operand, at }, operand);
	}

	#postfix(sign = ""): Node {
		let node = this.#primary(sign);
		for (;;) {
			const { at } = this.#token;
			if (this.#take("[")) {
				const index = this.#expression();
				this.#expect("]");
				node = this.#node({ kind: "index", of: node, index, at }, node, index);
			} else if (this.#take(".")) {
				const field = this.#name("the name of a field");
				node = this.#is("(")
					? this.#call(node, field)
					: this.#node({ kind: "field", of: node, field: field.text, at: field.at }, node);
			} else return node;
		}
	}

	#name(what: string): Token {
		const token = this.#token;
		if (token.kind !== "name" || CONSTANTS.has(token.text) || token.text === "in") {
			throw this.#unexpected(what);
		}
		this.#next++;
		return token;
	}

	#call(target: Node | undefined, { text: name, at }: Token): Node {
		const refused = ELSEWHERE.get(name);
		if (refused) throw new ExpressionError(refused, at);
		this.#expect("(");
		const args = this.#until(")", () => this.#expression());
		const children = target ? [target, ...args] : args;
		return this.#node({ kind: "call", target, name, args, at }, ...children);
	}

	#primary(sign: string): Node {
		const token = this.#token;
		const { at } = token;
		if (token.kind === "number") {
			this.#next++;
			return this.#node({ kind: "literal", value: numberLiteral(sign + token.text, at), at });
		}
		if (token.kind === "text") {
			this.#next++;
			return this.#node({ kind: "literal", value: token.value, at });
		}
		if (this.#take("(")) {
			const inner = this.#expression();
			this.#expect(")");
			return inner;
		}
		if (this.#take("[")) {
			const items = this.#until("]", () => this.#expression());
			return this.#node({ kind: "list", items, at }, ...items);
		}
		if (this.#take("{")) return this.#map(at);
		return this.#word();
	}

	#map(at: number): Node {
		const entries = this.#until("}", (): readonly [Node, Node] => {
			const key = this.#expression();
			this.#expect(":");
			return [key, this.#expression()];
		});
		return this.#node({ kind: "map", entries, at }, ...entries.flat());
	}

	#word(): Node {
		const { text: name, kind, at } = this.#token;
		const constant = CONSTANTS.get(name);
		if (kind === "name" && constant !== undefined) {
			this.#next++;
			return this.#node({ kind: "literal", value: constant, at });
		}
		if (kind === "name" && RESERVED.has(name)) {
			throw new ExpressionError(`\`${name}\` is a reserved word`, at);
		}
		const token = this.#name("a value");
		return this.#is("(") ? this.#call(undefined, token) : this.#node({ kind: "name", name, at });
	}

	/** Elements with commas between them; one may stand at the end. */
	#until<T>(close: string, element: () => T): T[] {
		const elements: T[] = [];
		while (!this.#take(close)) {
			elements.push(element());
			if (this.#take(close)) break;
			if (!this.#take(",")) throw this.#unexpected(`, or ${close}`);
		}
		return elements;
	}
}

const tooDeep = (at: number) =>
	new ExpressionError(`is nested more than ${MAX_DEPTH} levels deep`, at);
