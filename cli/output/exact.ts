import {
	type ExactJson,
	isExactObject,
	parseExact,
	stringifyExact,
	toPlain,
} from "../../shared/json/exact.ts";

/** What was read, as it was read: `10.0` and numbers beyond 2^53 keep their digits on the way out. */
const originals = new WeakMap<object, ExactJson>();

/** `JSON.parse` whose objects can be written again digit for digit by `exactText`. */
export function parseRemembering(text: string): unknown {
	return remember(parseExact(text));
}

function remember(exact: ExactJson): unknown {
	if (Array.isArray(exact)) return exact.map(remember);
	if (!isExactObject(exact)) return toPlain(exact);
	const entries = Object.entries(exact).map(([name, value]) => [name, remember(value)] as const);
	const plain = Object.fromEntries(entries);
	originals.set(plain, exact);
	return plain;
}

/** One line of JSON. */
export function exactText(value: unknown): string {
	const original = typeof value === "object" && value !== null ? originals.get(value) : undefined;
	return original === undefined ? JSON.stringify(value) : stringifyExact(original);
}
