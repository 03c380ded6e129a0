import type { ClassDeclaration, ObjectExpression, Property } from "acorn";
import { blank, expected, type Source, type Span, textOf } from "./source.ts";

/** A part of a file that is kept only if something that is kept mentions one of its names. */
export interface Piece extends Span {
	readonly names: readonly string[];
}

type Mentions = (text: string) => string[];

/** Every word of a text, inside of strings as well: rather too much is kept than too little. */
export const words: Mentions = (text) => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

/**
 * The files without the pieces that nothing kept mentions. Everything outside
 * of pieces is kept, and so are the pieces that `roots` name.
 */
export function keepMentioned(
	files: ReadonlyArray<{ readonly source: Source; readonly pieces: readonly Piece[] }>,
	roots: Iterable<string>,
	mentions: Mentions = words,
): string[] {
	const keepers = new Map<string, (() => void)[]>();
	const mentioned = new Set<string>();
	const news = [...roots];
	const dropped = files.map(({ source, pieces }) => {
		const left = new Set(pieces);
		const texts = ownTexts(source, pieces);
		for (const piece of pieces) {
			const keep = () => {
				if (left.delete(piece)) news.push(...mentions(texts.get(piece) ?? ""));
			};
			for (const name of piece.names) {
				const known = keepers.get(name);
				if (known) known.push(keep);
				else keepers.set(name, [keep]);
			}
		}
		news.push(...mentions(blank(source.code, pieces)));
		return left;
	});
	for (let name = news.pop(); name !== undefined; name = news.pop()) {
		if (mentioned.has(name)) continue;
		mentioned.add(name);
		for (const keep of keepers.get(name) ?? []) keep();
	}
	return files.map(({ source }, index) => blank(source.code, [...(dropped[index] ?? [])]));
}

/** The text of each piece without that of the pieces inside of it. */
function ownTexts({ code }: Source, pieces: readonly Piece[]): Map<Piece, string> {
	const texts = new Map<Piece, string>();
	const open: { piece: Piece; at: number }[] = [];
	const add = (piece: Piece, from: number, to: number) =>
		texts.set(piece, `${texts.get(piece) ?? ""} ${code.slice(from, to)}`);
	const closeUntil = (start: number) => {
		for (let last = open.at(-1); last && last.piece.end <= start; last = open.at(-1)) {
			add(last.piece, last.at, last.piece.end);
			open.pop();
			const outer = open.at(-1);
			if (outer) outer.at = last.piece.end;
		}
	};
	for (const piece of [...pieces].sort((left, right) => left.start - right.start)) {
		closeUntil(piece.start);
		const outer = open.at(-1);
		if (outer) add(outer.piece, outer.at, piece.start);
		open.push({ piece, at: piece.start });
	}
	closeUntil(Number.POSITIVE_INFINITY);
	return texts;
}

/** `const a = require("b")` and its like at the top of a file. */
export function requires(source: Source): Piece[] {
	return source.program.body.flatMap((node) =>
		node.type === "VariableDeclaration" && /\brequire\(/.test(textOf(source, node))
			? [
					{
						start: node.start,
						end: node.end,
						names: node.declarations.flatMap(({ id }) => [...words(textOf(source, id))]),
					},
				]
			: [],
	);
}

/** Classes at the top of a file, each with its `exports.Name = Name;`. */
export function classes(source: Source, except: string): Piece[] {
	return source.program.body.flatMap((node) => {
		const text = textOf(source, node);
		const name = /^class (\w+)/.exec(text)?.[1] ?? /^exports\.(\w+) = \1;$/.exec(text)?.[1];
		return name && name !== except ? [{ start: node.start, end: node.end, names: [name] }] : [];
	});
}

export function functions(source: Source): Piece[] {
	return source.program.body.flatMap((node) =>
		node.type === "FunctionDeclaration"
			? [{ start: node.start, end: node.end, names: [node.id.name] }]
			: [],
	);
}

export function classNamed(source: Source, name: string): ClassDeclaration {
	const found = source.program.body.find(
		(node) => node.type === "ClassDeclaration" && node.id.name === name,
	);
	return expected(found?.type === "ClassDeclaration" ? found : undefined, `class ${name}`, source);
}

export function methods(source: Source, className: string): Piece[] {
	const { body } = classNamed(source, className).body;
	const found = body.flatMap((node) =>
		node.type === "MethodDefinition" && node.kind === "method" && node.key.type === "Identifier"
			? [{ start: node.start, end: node.end, names: [node.key.name] }]
			: [],
	);
	return expected(found, `method in class ${className}`, source);
}

/**
 * The properties of the object literal that stands at `start…` at the top of a
 * file, such as `var tsMap = `, and those of the properties in `nested`.
 */
export function properties(source: Source, start: string, nested: readonly string[] = []): Piece[] {
	const literal = expected(objectAfter(source, start), `"${start}…}"`, source);
	return propertiesOf(source, literal, nested);
}

function propertiesOf(
	source: Source,
	literal: ObjectExpression,
	nested: readonly string[],
): Piece[] {
	const list = literal.properties.filter((node): node is Property => node.type === "Property");
	return list.flatMap((node, index) => {
		const name = textOf(source, node.key).replace(/^['"]|['"]$/g, "");
		// With its comma.
		const end = list[index + 1]?.start ?? literal.end - 1;
		if (name === "constructor") return [];
		const piece = { start: node.start, end, names: [name] };
		if (!nested.includes(name) || node.value.type !== "ObjectExpression") return [piece];
		return [piece, ...propertiesOf(source, node.value, [])];
	});
}

function objectAfter(source: Source, start: string): ObjectExpression | undefined {
	for (const node of source.program.body) {
		if (!textOf(source, node).startsWith(start)) continue;
		let value =
			node.type === "VariableDeclaration"
				? node.declarations[0]?.init
				: node.type === "ExpressionStatement" && node.expression.type === "AssignmentExpression"
					? node.expression.right
					: undefined;
		if (value?.type === "CallExpression" && value.arguments[0]?.type !== "SpreadElement") {
			value = value.arguments[0];
		}
		if (value?.type === "ObjectExpression") return value;
	}
	return undefined;
}
