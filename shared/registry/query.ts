import type { Device } from "./device.ts";
import { type Condition, comparison, isOnline } from "./query-fields.ts";
import { QueryError, type Token, tokens } from "./query-tokens.ts";

export { QueryError } from "./query-tokens.ts";

/** Deep enough for what people write, and no query can exhaust the stack. */
const MAX_DEPTH = 50;

/** Whether a device is meant, at this time. */
export type Query = (device: Device, now: number) => boolean;

/**
 * Reads a query such as `productKey = 'a1' and (tags.floor in ('3', '4') or online)`.
 * `not` binds closest, then `and`, then `or`.
 *
 * @throws QueryError with the place of what is wrong.
 */
export function parseQuery(text: string): Query {
	const reader = new Reader(tokens(text));
	const query = reader.any(0);
	reader.end();
	return query;
}

class Reader {
	readonly #tokens: readonly Token[];
	#next = 0;

	constructor(found: readonly Token[]) {
		this.#tokens = found;
	}

	any(depth: number): Query {
		const parts = [this.#all(depth)];
		while (this.#takes("or")) parts.push(this.#all(depth));
		return joined(parts, true);
	}

	end(): void {
		const token = this.#peek();
		if (token.kind !== "end") {
			throw new QueryError(`expected and, or, or the end before ${shown(token)}`, token.at);
		}
	}

	#all(depth: number): Query {
		const parts = [this.#one(depth)];
		while (this.#takes("and")) parts.push(this.#one(depth));
		return joined(parts, false);
	}

	#one(depth: number): Query {
		if (depth > MAX_DEPTH) {
			throw new QueryError(`is nested more than ${MAX_DEPTH} levels deep`, this.#peek().at);
		}
		if (this.#takes("not")) {
			const inner = this.#one(depth + 1);
			return (device, now) => !inner(device, now);
		}
		if (this.#takes("(")) {
			const inner = this.any(depth + 1);
			this.#expect(")");
			return inner;
		}
		return this.#condition();
	}

	#condition(): Condition {
		const field = this.#peek();
		if (field.kind !== "word") {
			throw new QueryError(`expected a field before ${shown(field)}`, field.at);
		}
		this.#next++;
		const operator = this.#peek();
		if (this.#takes("=")) return comparison(field, [this.#value()], true);
		if (this.#takes("!=")) return comparison(field, [this.#value()], false);
		if (this.#takes("in")) return comparison(field, this.#list(), true);
		if (field.text === "online") return isOnline;
		throw new QueryError(`expected =, != or in after ${field.text}`, operator.at);
	}

	#list(): Token[] {
		this.#expect("(");
		const values = [this.#value()];
		while (this.#takes(",")) values.push(this.#value());
		this.#expect(")");
		return values;
	}

	#value(): Token {
		const token = this.#peek();
		const isTruth = token.kind === "word" && (token.text === "true" || token.text === "false");
		if (token.kind !== "text" && !isTruth) {
			throw new QueryError(`expected a value in quotes before ${shown(token)}`, token.at);
		}
		this.#next++;
		return token;
	}

	#takes(text: string): boolean {
		const token = this.#peek();
		if (token.kind === "text" || token.text.toLowerCase() !== text) return false;
		this.#next++;
		return true;
	}

	#expect(text: string): void {
		const token = this.#peek();
		if (!this.#takes(text))
			throw new QueryError(`expected ${text} before ${shown(token)}`, token.at);
	}

	#peek(): Token {
		return this.#tokens[this.#next] ?? { kind: "end", text: "", at: 0 };
	}
}

const shown = ({ kind, text }: Token): string => (kind === "end" ? "the end" : `"${text}"`);

function joined(parts: readonly Query[], decides: boolean): Query {
	const [only] = parts;
	if (only && parts.length === 1) return only;
	return (device, now) =>
		decides ? parts.some((part) => part(device, now)) : parts.every((part) => part(device, now));
}
