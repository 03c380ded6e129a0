/** A number whose digits JavaScript would not keep: `10.0`, or one beyond 2^53. */
class Digits {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
	toString(): string {
		return this.text;
	}
}

/** What ES2025 tells a reviver; browsers that do not yet show numbers as JavaScript has them. */
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const keepDigits: Reviver = (_, value, context) =>
	typeof value === "number" && context?.source !== undefined && String(value) !== context.source
		? new Digits(context.source)
		: value;

/** `JSON.parse` that keeps every digit for `exactText`. */
export const parseExact = (text: string): unknown => JSON.parse(text, keepDigits);

/** JSON for people, with the digits as they came. */
export function exactText(value: unknown, indent = "\t", before = ""): string {
	if (value instanceof Digits) return value.text;
	if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
	const inner = before + indent;
	const list = Array.isArray(value);
	const items = list
		? value.map((item) => exactText(item, indent, inner))
		: Object.entries(value)
				.filter(([, item]) => item !== undefined)
				.map(([name, item]) => `${JSON.stringify(name)}: ${exactText(item, indent, inner)}`);
	const [open, close] = list ? "[]" : "{}";
	if (items.length === 0) return `${open}${close}`;
	if (indent === "") return `${open}${items.join(", ")}${close}`;
	return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${before}${close}`;
}
