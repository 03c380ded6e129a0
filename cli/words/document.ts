import { exactText } from "../output/exact.ts";
import type { Show } from "../output/show.ts";
import { localTime } from "../output/time.ts";

const TIME = /At$|^at$/;

/** Any document of the API for people: one field a line, nested ones as JSON. */
export const documentFacts = (show: Show, document: object): readonly string[] =>
	show.facts(
		Object.entries(document).map(([name, value]) => [name, valueText(name, value)] as const),
	);

function valueText(name: string, value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== "string") return exactText(value);
	return TIME.test(name) ? localTime(value) : value;
}
