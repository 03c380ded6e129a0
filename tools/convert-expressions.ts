/**
 * Rewrites the JSONata of earlier versions' reactions in CEL.
 *
 *     npm run convert -- 'previous <= 30 and value > 30'
 *     curl $HTTP/v1/reactions -H "Authorization: Bearer $KEY" | npm run --silent convert
 *
 * Expressions, one an argument, give one line each. Reactions as JSON, one or a
 * list as `GET /v1/reactions` answers, come out with their expressions converted.
 * Notes and what cannot be converted go to standard error; the latter stays as
 * it was, and the exit code is 1.
 */
import { text } from "node:stream/consumers";
import { parseExact, stringifyExact } from "../shared/json/exact.ts";
import { convertReactions } from "./convert/reactions.ts";
import { toCel } from "./convert/to-cel.ts";

function tell(where: string, what: string): void {
	console.error(`${where}: ${what}`);
}

function convert(where: string, jsonata: string): string {
	try {
		const { cel, notes } = toCel(jsonata);
		for (const note of notes) tell(where, note);
		return cel;
	} catch (error) {
		tell(where, `cannot be converted: ${(error as Error).message}`);
		process.exitCode = 1;
		return jsonata;
	}
}

const expressions = process.argv.slice(2);
if (expressions.length > 0) {
	for (const expression of expressions) console.log(convert(expression, expression));
} else {
	try {
		const reactions = parseExact(await text(process.stdin));
		console.log(stringifyExact(convertReactions(reactions, "", convert)));
	} catch (error) {
		tell("standard input", (error as Error).message);
		process.exitCode = 1;
	}
}
