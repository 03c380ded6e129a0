import { ExpressionError } from "./error.ts";
import { type BuiltIn, takes, wrong } from "./function.ts";
import { isNumber, toFloat } from "./number.ts";
import type { Run } from "./run.ts";
import { isList, type Value } from "./value.ts";

/** Comparisons of one character with another that are one step, where one text is sought in another. */
const SEARCH_A_STEP = 1_024;

type OnText = (run: Run, text: string, args: readonly Value[], at: number) => Value;

const onText = (name: string, min: number, max: number, call: OnText) => {
	const builtIn = takes(
		min + 1,
		(run, [text, ...args], at) => {
			if (typeof text !== "string") throw wrong(name, text, at);
			run.spendOnText(text.length);
			return call(run, text, args, at);
		},
		max + 1,
	);
	return [name, builtIn] as const;
};

function textOf(name: string, value: Value, at: number): string {
	if (typeof value === "string") return value;
	throw wrong(name, value, at);
}

/** Places are counted in characters, so that no half of one can be cut off. */
function placeIn(length: number, value: Value, at: number): number {
	const place = isNumber(value) ? toFloat(value) : Number.NaN;
	if (Number.isInteger(place) && place >= 0 && place <= length) return place;
	throw new ExpressionError("substring(…): there is no such place in the text", at);
}

const placeOf = (text: string, index: number) =>
	index < 0 ? index : [...text.slice(0, index)].length;

/** Where one text is in another, at worst every character of the one is compared with every one of the other. */
function spendOnSearch(run: Run, text: string, sought: string): void {
	run.spend(Math.ceil((text.length * sought.length) / SEARCH_A_STEP));
}

const seeking = (name: string, find: (text: string, sought: string) => Value) =>
	onText(name, 1, 1, (run, text, [value], at) => {
		const sought = textOf(name, value, at);
		spendOnSearch(run, text, sought);
		return find(text, sought);
	});

const split = onText("split", 1, 1, (run, text, [value], at) => {
	const separator = textOf("split", value, at);
	spendOnSearch(run, text, separator);
	// As many pieces as there can be, before they are made.
	run.spend(Math.ceil(text.length / Math.max(1, separator.length)));
	return text.split(separator);
});

const replace = onText("replace", 2, 2, (run, text, [value, other], at) => {
	const [sought, by] = [textOf("replace", value, at), textOf("replace", other, at)];
	if (sought === "") throw new ExpressionError("replace(…) cannot seek an empty text", at);
	spendOnSearch(run, text, sought);
	const pieces = text.split(sought);
	run.spend(pieces.length);
	run.spendOnText(text.length + (pieces.length - 1) * (by.length - sought.length));
	return pieces.join(by);
});

const join = takes(
	1,
	(run, [list, value = ""], at) => {
		if (!isList(list)) throw wrong("join", list, at);
		const separator = textOf("join", value, at);
		run.spend(list.length);
		const texts = list.map((item) => textOf("join", item, at));
		const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
		run.spendOnText(length);
		return texts.join(separator);
	},
	2,
);

/** Called as `text.name(…)`. */
export const ON_TEXTS: readonly (readonly [string, BuiltIn])[] = [
	seeking("contains", (text, sought) => text.includes(sought)),
	seeking("startsWith", (text, sought) => text.startsWith(sought)),
	seeking("endsWith", (text, sought) => text.endsWith(sought)),
	seeking("indexOf", (text, sought) => placeOf(text, text.indexOf(sought))),
	seeking("lastIndexOf", (text, sought) => placeOf(text, text.lastIndexOf(sought))),
	onText("substring", 1, 2, (_run, text, [from, to], at) => {
		const characters = [...text];
		const begin = placeIn(characters.length, from, at);
		const end = to === undefined ? characters.length : placeIn(characters.length, to, at);
		return characters.slice(begin, Math.max(begin, end)).join("");
	}),
	onText("lowerAscii", 0, 0, (_run, text) =>
		text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
	),
	onText("upperAscii", 0, 0, (_run, text) =>
		text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
	),
	onText("trim", 0, 0, (_run, text) => text.trim()),
	split,
	replace,
	["join", join],
];
