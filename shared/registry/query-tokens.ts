/** A query that cannot be read, and where (from 0). */
export class QueryError extends Error {
	override readonly name = "QueryError";
	readonly at: number;
	constructor(message: string, at: number) {
		super(`${message} (at ${at})`);
		this.at = at;
	}
}

export interface Token {
	readonly kind: "word" | "text" | "sign" | "end";
	readonly text: string;
	readonly at: number;
}

const MAX_LENGTH = 2_000;
const WORD = /[A-Za-z_][\w.:-]*/y;
const SIGN = /!=|[=(),]/y;

/** @throws QueryError */
export function tokens(query: string): Token[] {
	if (query.length > MAX_LENGTH) throw new QueryError(`has more than ${MAX_LENGTH} characters`, 0);
	const found: Token[] = [];
	let at = 0;
	for (;;) {
		while (/\s/.test(query[at] ?? "")) at++;
		const first = query[at];
		if (first === undefined) break;
		const token =
			first === "'" || first === '"' ? text(query, at, first) : sticky(query, at, found.at(-1));
		found.push(token);
		at = token.kind === "text" ? closing(query, at, first) + 1 : at + token.text.length;
	}
	found.push({ kind: "end", text: "", at: query.length });
	return found;
}

function sticky(query: string, at: number, before: Token | undefined): Token {
	for (const [kind, pattern] of [
		["word", WORD],
		["sign", SIGN],
	] as const) {
		pattern.lastIndex = at;
		const match = pattern.exec(query);
		if (match) return { kind, text: match[0], at };
	}
	const hint = before?.kind === "sign" ? "; write a value in quotes" : "";
	throw new QueryError(`there is no meaning for ${JSON.stringify(query[at])} here${hint}`, at);
}

function text(query: string, at: number, quote: string): Token {
	const end = closing(query, at, quote);
	const inside = query.slice(at + 1, end).replaceAll(`${quote}${quote}`, quote);
	return { kind: "text", text: inside, at };
}

/** Where the text ends that begins here; a quote within it is written twice. */
function closing(query: string, at: number, quote: string): number {
	for (let end = at + 1; end < query.length; end++) {
		if (query[end] !== quote) continue;
		if (query[end + 1] !== quote) return end;
		end++;
	}
	throw new QueryError("the text that begins here has no end", at);
}
