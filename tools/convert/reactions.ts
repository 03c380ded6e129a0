import { type ExactJson, isExactObject } from "../../shared/json/exact.ts";

const WRAPPED = /^\{%([\s\S]*)%\}$/;

/** Converts every `condition` and every `{% … %}` in a JSON text's values, wherever they are. */
export function convertReactions(
	value: ExactJson,
	pointer: string,
	convert: (where: string, jsonata: string) => string,
): ExactJson {
	if (typeof value === "string") {
		const inner = WRAPPED.exec(value)?.[1];
		if (inner !== undefined) return `{% ${convert(pointer, inner.trim())} %}`;
		return pointer.endsWith("/when/condition") ? convert(pointer, value) : value;
	}
	if (Array.isArray(value)) {
		return value.map((item: ExactJson, at) => convertReactions(item, `${pointer}/${at}`, convert));
	}
	if (!isExactObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, item]) => [
			name,
			convertReactions(item, `${pointer}/${name}`, convert),
		]),
	);
}
