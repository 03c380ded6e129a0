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

const LONGEST_RESULT = 6 * 64 * 1024 + 1_000;

/** What an attack must not change: text of the event, and what JavaScript's objects inherit. */
const inherited = () =>
	JSON.stringify(
		[Object.prototype, Array.prototype, String.prototype, Function.prototype, globalThis].map(
			(object) => Object.getOwnPropertyNames(object),
		),
	);

export const eventOf = ({ event }: Attack): ExactObject =>
	freeze(parseExact(EVENTS[event]) as ExactObject);

/** Stores the expression and evaluates it, as a reaction's condition would be. */
export function attack(one: Attack): Attacked {
	const document = eventOf(one);
	const [before, event] = [inherited(), stringifyExact(document)];
	const began = process.cpuUsage();
	const { outcome, text, error } = evaluate(one.expression, document);
	const { user, system } = process.cpuUsage(began);
	const escapes = [
		...(error === undefined || error instanceof ExpressionError ? [] : [`${error}`]),
		...(inherited() === before ? [] : ["a prototype or the global object has changed"]),
		...(stringifyExact(document) === event ? [] : ["the event has changed"]),
		...((text?.length ?? 0) <= LONGEST_RESULT ? [] : ["a result of no limit"]),
		...(/\[native code\]|function ?\(/.test(text ?? "") ? [`a function: ${text}`] : []),
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
