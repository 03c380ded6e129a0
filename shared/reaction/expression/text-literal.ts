import { ExpressionError } from "./error.ts";

/** Escapes of one character (CEL language definition, "String and Bytes Values"). */
const ESCAPES: Readonly<Record<string, string>> = {
	"\\": "\\",
	"?": "?",
	'"': '"',
	"'": "'",
	"`": "`",
	a: "\x07",
	b: "\b",
	f: "\f",
	n: "\n",
	r: "\r",
	t: "\t",
	v: "\v",
};
const CODE = /u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})/y;

/**
 * A text in quotes, which `quote` begins with its prefix.
 *
 * @returns what it stands for, and the index behind it.
 * @throws ExpressionError
 */
export function readText(
	source: string,
	start: number,
	quote: string,
): { readonly value: string; readonly end: number } {
	const [prefix = "", mark = ""] = /^([a-zA-Z]*)(.+)$/.exec(quote)?.slice(1) ?? [];
	if (/b/i.test(prefix)) throw new ExpressionError("there are no bytes in an event", start);
	const raw = prefix !== "";
	let value = "";
	let at = start + quote.length;
	while (!source.startsWith(mark, at)) {
		const character = source[at];
		if (character === undefined || (mark.length === 1 && /[\r\n]/.test(character))) {
			throw new ExpressionError("this text has no end", start);
		}
		if (character !== "\\") {
			value += character;
			at++;
		} else if (raw) {
			value += source.slice(at, at + 2);
			at += 2;
		} else {
			const { character: meant, length } = readEscape(source, at);
			value += meant;
			at += length;
		}
	}
	return { value, end: at + mark.length };
}

function readEscape(source: string, at: number) {
	const next = source[at + 1] ?? "";
	if (Object.hasOwn(ESCAPES, next)) return { character: ESCAPES[next] ?? "", length: 2 };
	CODE.lastIndex = at + 1;
	const code = CODE.exec(source);
	if (!code) throw new ExpressionError("an escape that does not exist", at);
	const [text, short, long, byte, octal] = code;
	const point = octal
		? Number.parseInt(octal, 8)
		: Number.parseInt(short ?? long ?? byte ?? "", 16);
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
		throw new ExpressionError("an escape that stands for no character", at);
	}
	return { character: String.fromCodePoint(point), length: 1 + text.length };
}
