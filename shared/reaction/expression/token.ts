import { ExpressionError } from "./error.ts";
import { readText } from "./text-literal.ts";

export type Token = { readonly at: number; readonly text: string } & (
	| { readonly kind: "number" | "name" | "sign" | "end" }
	| { readonly kind: "text"; readonly value: string }
);

const SPACE = /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_]\w*/y;
const SIGN = /&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]/y;
const QUOTE = /([bB]?[rR]?|[rR][bB])("""|'''|"|')/y;

/** What people write who come from other languages, and what is meant here. */
const ELSEWHERE: ReadonlyArray<readonly [RegExp, string]> = [
	[/=/y, "equality is written =="],
	[/&/y, "texts are joined by +, conditions by &&"],
	[/\|/y, "conditions are joined by ||"],
	[/\$/y, "functions have no $ here: math.round(value), size(value), string(value)"],
	[/`/y, 'a field of an unusual name is written body["…"]'],
];

/** Takes an expression apart, from its beginning to its end. @throws ExpressionError */
export function tokens(source: string): Token[] {
	const found: Token[] = [];
	let at = 0;
	const match = (pattern: RegExp): string | undefined => {
		pattern.lastIndex = at;
		return pattern.exec(source)?.[0];
	};
	for (;;) {
		at += match(SPACE)?.length ?? 0;
		if (at >= source.length) return [...found, { kind: "end", text: "the end", at }];
		const quote = match(QUOTE);
		if (quote !== undefined) {
			const { value, end } = readText(source, at, quote);
			found.push({ kind: "text", value, text: source.slice(at, end), at });
			at = end;
			continue;
		}
		const kind = kindAt(match);
		if (!kind) throw unknownCharacter(source, at);
		found.push({ ...kind, at });
		at += kind.text.length;
		if (kind.kind === "number" && match(NAME)) {
			throw new ExpressionError("a number is followed by a letter", at);
		}
	}
}

function kindAt(match: (pattern: RegExp) => string | undefined) {
	for (const [kind, pattern] of KINDS) {
		const text = match(pattern);
		if (text !== undefined) return { kind, text };
	}
	return undefined;
}

const KINDS = [
	["number", NUMBER],
	["name", NAME],
	["sign", SIGN],
] as const;

function unknownCharacter(source: string, at: number): ExpressionError {
	for (const [pattern, hint] of ELSEWHERE) {
		pattern.lastIndex = at;
		if (pattern.test(source)) return new ExpressionError(hint, at);
	}
	const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
	return new ExpressionError(`${JSON.stringify(character)} does not belong here`, at);
}
