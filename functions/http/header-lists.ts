/** Splits at a separator, but not within a quoted string, where a backslash keeps the next character (RFC 9110, section 5.6). */
export function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
	const parts: string[] = [];
	let part = "";
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at] ?? "";
		if (quoted && char === "\\") {
			part += char + (text[++at] ?? "");
			continue;
		}
		if (char === '"') quoted = !quoted;
		if (char === separator && !quoted) {
			parts.push(part);
			part = "";
		} else part += char;
	}
	return [...parts, part].map((one) => one.trim()).filter((one) => one !== "");
}

/** The text of a quoted string; undefined where the text is none. */
export function unquoted(text: string): string | undefined {
	const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1];
	return inner?.replace(/\\(.)/g, "$1");
}
