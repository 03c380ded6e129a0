import { type ExactJson, exactNumber, isExactNumber } from "../../json/exact.ts";
import type { Run } from "./run.ts";
import { isList, isNothing, type Value } from "./value.ts";

/**
 * The value as JSON; undefined for nothing, which a list holds as null and a
 * map leaves out. Counts what it comes to as text: the same list may stand in
 * it a thousand times.
 *
 * @throws ExpressionError
 */
export function toJson(run: Run, value: Value): ExactJson | undefined {
	run.spend(1);
	if (isNothing(value) || typeof value === "boolean") return value;
	if (isExactNumber(value)) {
		run.give(value.value.length);
		return value;
	}
	if (typeof value === "number") return exactNumber(String(value));
	if (typeof value === "string") {
		run.give(value.length);
		return value;
	}
	if (isList(value)) {
		run.give(value.length);
		return value.map((item) => toJson(run, item) ?? null);
	}
	const fields: [string, ExactJson][] = [];
	for (const [name, item] of Object.entries(value)) {
		run.give(name.length);
		const json = toJson(run, item);
		if (json !== undefined) fields.push([name, json]);
	}
	return Object.fromEntries(fields);
}
