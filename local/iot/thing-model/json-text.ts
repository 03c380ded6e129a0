/**
 * JSON with its text kept. Arguments and device answers are passed on byte for
 * byte: `JSON.parse` would turn 10.0 into 10 and 9007199254740993 into
 * 9007199254740992. So nothing here converts a number; every node carries the
 * exact text that it was read from.
 */
export type JsonNode =
	| { readonly kind: "object"; readonly raw: string; readonly members: Map<string, JsonNode> }
	| { readonly kind: "array"; readonly raw: string; readonly items: JsonNode[] }
	| { readonly kind: "string"; readonly raw: string; readonly value: string }
	| { readonly kind: "number" | "boolean" | "null"; readonly raw: string };

/** Deeper than any thing model allows; keeps hostile nesting off the stack. */
const MAX_DEPTH = 64;

/** @returns undefined if `text` is not JSON (RFC 8259) or is nested deeper than 64 levels. */
export function parseJsonText(text: string): JsonNode | undefined {
	try {
		// The grammar is checked by the engine; the scanner below may then trust the text.
		JSON.parse(text);
	} catch {
		return undefined;
	}
	return new Scanner(text).read();
}

class Scanner {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	read(): JsonNode | undefined {
		return this.#value(0);
	}

	#value(depth: number): JsonNode | undefined {
		this.#skipSpace();
		switch (this.#text[this.#at]) {
			case "{":
				return depth < MAX_DEPTH ? this.#object(depth) : undefined;
			case "[":
				return depth < MAX_DEPTH ? this.#array(depth) : undefined;
			case '"': {
				const raw = this.#string();
				return { kind: "string", raw, value: JSON.parse(raw) as string };
			}
			default:
				return this.#bareWord();
		}
	}

	#object(depth: number): JsonNode | undefined {
		const start = this.#at++;
		const members = new Map<string, JsonNode>();
		for (;;) {
			this.#skipSpace();
			const character = this.#text[this.#at];
			if (character === "}") {
				this.#at++;
				return { kind: "object", raw: this.#text.slice(start, this.#at), members };
			}
			if (character === ",") {
				this.#at++;
				continue;
			}
			const name = JSON.parse(this.#string()) as string;
			this.#skipSpace();
			this.#at++; // the colon
			const value = this.#value(depth + 1);
			if (!value) return undefined;
			members.set(name, value);
		}
	}

	#array(depth: number): JsonNode | undefined {
		const start = this.#at++;
		const items: JsonNode[] = [];
		for (;;) {
			this.#skipSpace();
			const character = this.#text[this.#at];
			if (character === "]") {
				this.#at++;
				return { kind: "array", raw: this.#text.slice(start, this.#at), items };
			}
			if (character === ",") {
				this.#at++;
				continue;
			}
			const item = this.#value(depth + 1);
			if (!item) return undefined;
			items.push(item);
		}
	}

	#string(): string {
		const start = this.#at++;
		for (;;) {
			const character = this.#text[this.#at];
			if (character === "\\") this.#at += 2;
			else if (character === '"') return this.#text.slice(start, ++this.#at);
			else this.#at++;
		}
	}

	#bareWord(): JsonNode {
		const start = this.#at;
		while (this.#at < this.#text.length && !" \t\r\n,]}".includes(this.#text[this.#at] ?? "")) {
			this.#at++;
		}
		const raw = this.#text.slice(start, this.#at);
		if (raw === "null") return { kind: "null", raw };
		return { kind: raw === "true" || raw === "false" ? "boolean" : "number", raw };
	}

	#skipSpace(): void {
		while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
	}
}

/** The member's text, or `otherwise` where there is none. */
export function rawMember(node: JsonNode, name: string, otherwise: string): string {
	return (node.kind === "object" ? node.members.get(name)?.raw : undefined) ?? otherwise;
}

/** The member as text: a string's value, any other node's raw text. */
export function textMember(node: JsonNode, name: string): string | undefined {
	if (node.kind !== "object") return undefined;
	const member = node.members.get(name);
	return member?.kind === "string" ? member.value : member?.raw;
}
