import { type Comment, type Node, type Program, parse } from "acorn";

/** What the build expects of a vendor's package is not there: a new version needs a look. */
export class ShapeError extends Error {
	override readonly name = "ShapeError";
}

export interface Span {
	readonly start: number;
	readonly end: number;
}

/** A file of a vendor's package, read as a script. */
export interface Source {
	/** For messages: `tablestore/lib/client.js`. */
	readonly name: string;
	/** The text with its comments blanked: what a comment names is not used. */
	readonly code: string;
	readonly program: Program;
}

export function readSource(name: string, text: string): Source {
	const comments: Comment[] = [];
	const program = parse(text, { ecmaVersion: 2023, sourceType: "script", onComment: comments });
	return { name, code: blank(text, comments), program };
}

/** Cuts spans out and leaves every other character on its line and column, so that source maps stay true. */
export function blank(text: string, spans: readonly Span[]): string {
	const parts: string[] = [];
	let at = 0;
	for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
		if (end <= at) continue;
		parts.push(text.slice(at, start), spaces(text.slice(Math.max(at, start), end)));
		at = end;
	}
	parts.push(text.slice(at));
	return parts.join("");
}

const spaces = (text: string) =>
	text
		.split("\n")
		.map((line) => " ".repeat(line.length))
		.join("\n");

export const textOf = ({ code }: Source, { start, end }: Node): string => code.slice(start, end);

/** @throws ShapeError if there is nothing, or nothing left of a list. */
export function expected<T>(found: T | undefined, what: string, { name }: Source): T {
	if (found === undefined || (Array.isArray(found) && found.length === 0)) {
		throw new ShapeError(
			`${name} has no ${what}: look how it changed, then adapt tools/bundle/trim`,
		);
	}
	return found;
}
