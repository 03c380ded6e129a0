import { isLosslessNumber, LosslessNumber, parse, stringify } from "lossless-json";

/**
 * JSON whose numbers keep the digits they were written with.
 *
 * `JSON.parse` turns 9007199254740993 into …992 and 10.0 into 10; a device's
 * thing model tells these apart, so arguments must not go through it.
 *
 * Any text may be the name of a field, also `__proto__` and `constructor`: it
 * is the object's own, so read fields of unknown names with `Object.hasOwn`.
 */
export type ExactJson =
	| null
	| boolean
	| string
	| LosslessNumber
	| readonly ExactJson[]
	| { readonly [name: string]: ExactJson };

export type ExactObject = { readonly [name: string]: ExactJson };

/** Deeper texts are refused, before recursion meets the end of the stack. */
export const MAX_DEPTH = 64;

/** @throws SyntaxError that says where the text stops being JSON, also for a repeated name. */
export function parseExact(text: string): ExactJson {
	if (deeperThan(text, MAX_DEPTH)) {
		throw new SyntaxError(`nested more than ${MAX_DEPTH} levels deep`);
	}
	return parse(text) as ExactJson;
}

export function stringifyExact(value: ExactJson): string {
	return stringify(value) ?? "null";
}

/** An exact number from its digits, which must be a JSON number. */
export const exactNumber = (digits: string) => new LosslessNumber(digits);

export const isExactNumber = (value: unknown): value is LosslessNumber => isLosslessNumber(value);

export function isExactObject(value: ExactJson | undefined): value is ExactObject {
	return (
		typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value)
	);
}

/** Ordinary JavaScript values, for what is validated by a schema; numbers lose what a double cannot hold. */
export function toPlain(value: ExactJson): unknown {
	if (isExactNumber(value)) return Number(value.value);
	if (Array.isArray(value)) return value.map(toPlain);
	if (isExactObject(value)) {
		return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item)]));
	}
	return value;
}

/** Levels of lists and objects in it: what has more than `MAX_DEPTH` could not be read again. */
export function depthOf(value: ExactJson): number {
	if (typeof value !== "object" || value === null || isExactNumber(value)) return 0;
	return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Makes the value, as deep as it goes, such that nobody can change it. */
export function freeze<T extends ExactJson>(value: T): T {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	if (!isExactNumber(value)) for (const item of Object.values(value)) freeze(item);
	return value;
}

function deeperThan(text: string, limit: number): boolean {
	let depth = 0;
	let inString = false;
	for (let index = 0; index < text.length; index++) {
		const char = text[index];
		if (inString) {
			if (char === "\\") index++;
			else if (char === '"') inString = false;
		} else if (char === '"') inString = true;
		else if (char === "{" || char === "[") {
			if (++depth > limit) return true;
		} else if (char === "}" || char === "]") depth--;
	}
	return false;
}
