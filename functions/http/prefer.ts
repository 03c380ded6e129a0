import { splitOutsideQuotes, unquoted } from "./header-lists.ts";

export const MAX_WAIT_SECONDS = 30;

/**
 * The preferences of `Prefer` (RFC 7240, section 2): names in any case, values
 * as tokens or quoted, parameters left aside. Of two that have one name the
 * first counts, and several header fields are one list.
 */
function preferences(headers: Headers): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const preference of splitOutsideQuotes(headers.get("prefer") ?? "", ",")) {
		const [text = ""] = splitOutsideQuotes(preference, ";");
		const [, name = "", word = ""] = /^([^\s=]+)\s*(?:=\s*(.*))?$/s.exec(text) ?? [];
		const key = name.toLowerCase();
		if (key !== "" && !found.has(key)) found.set(key, unquoted(word) ?? word);
	}
	return found;
}

/**
 * Seconds of `wait=N`, at most 30; 0 without one. A preference that cannot be
 * read is no error: the standard has it ignored.
 */
export function preferredWait(headers: Headers): number {
	const wait = preferences(headers).get("wait") ?? "";
	return /^\d{1,9}$/.test(wait) ? Math.min(Number(wait), MAX_WAIT_SECONDS) : 0;
}
