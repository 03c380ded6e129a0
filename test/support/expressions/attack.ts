import {
	type ExactObject,
	freeze,
	parseExact,
	stringifyExact,
} from "../../../shared/json/exact.ts";
import { Expression, ExpressionError, namesOf, Run } from "../../../shared/reaction/expression.ts";
import type { Attack } from "./attacks.ts";
import { EVENTS } from "./events.ts";

type Outcome = "refused" | "failed" | "gave JSON" | "gave nothing";

export interface Attacked {
	readonly outcome: Outcome;
	/** Of the evaluation and of what came before it, by all threads of the process. */
	readonly cpuMs: number;
	/** What an attacker must not get; empty if there is nothing of that kind. */
	readonly escapes: readonly string[];
}

/** 64 K characters, each written as an escape of six. */
const LONGEST_RESULT = 6 * 64 * 1024 + 1_000;

export const DOCUMENTS: ReadonlyMap<string, ExactObject> = new Map(
	Object.entries(EVENTS).map(([name, text]) => [name, freeze(parseExact(text) as ExactObject)]),
);

/** All that attacks must leave as it was: the events, and what JavaScript's objects inherit. */
function surroundings(): string {
	const inherited = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
	const names = [...inherited, globalThis].map((object) => Object.getOwnPropertyNames(object));
	return JSON.stringify([names, [...DOCUMENTS.values()].map(stringifyExact)]);
}

let before: string | undefined;

/** Whether anything has changed since the first attack. */
export const isUntouched = (): boolean => surroundings() === before;

/** Stores the expression and evaluates it, as a reaction's condition would be. */
export function attack({ expression, event }: Attack): Attacked {
	before ??= surroundings();
	const document = DOCUMENTS.get(event) ?? {};
	const began = process.cpuUsage();
	const { outcome, text = "", error } = evaluate(expression, document);
	const { user, system } = process.cpuUsage(began);
	const escapes = [
		...(error === undefined || error instanceof ExpressionError ? [] : [`${error}`]),
		...(text.length <= LONGEST_RESULT ? [] : ["a result of no limit"]),
		...(/\[native code\]|function ?\(/.test(text) ? [`a function: ${text}`] : []),
	];
	return { outcome, cpuMs: (user + system) / 1_000, escapes };
}

function evaluate(
	text: string,
	document: ExactObject,
): { readonly outcome: Outcome; readonly text?: string; readonly error?: unknown } {
	let expression: Expression;
	try {
		expression = new Expression(text, namesOf("message"));
	} catch (error) {
		return { outcome: "refused", error };
	}
	try {
		const json = expression.evaluate(new Run(document));
		if (json === undefined) return { outcome: "gave nothing" };
		return { outcome: "gave JSON", text: stringifyExact(json) };
	} catch (error) {
		return { outcome: "failed", error };
	}
}
