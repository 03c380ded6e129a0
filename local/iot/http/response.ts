import type { Json, JsonObject } from "../operations/operation.ts";

export type Format = "JSON" | "XML";

export const CONTENT_TYPE: Record<Format, string> = {
	JSON: "application/json;charset=utf-8",
	XML: "text/xml;charset=utf-8",
};

/** `root` names the XML document's element: `{Action}Response`, or `Error` for the gateway's refusals. */
export function render(format: Format, root: string, body: JsonObject): string {
	if (format === "JSON") return JSON.stringify(body);
	return `<?xml version='1.0' encoding='UTF-8'?>${element(root, body)}`;
}

/** A list has no element of its own: its name is repeated for each of its entries. */
function element(name: string, value: Json): string {
	if (value === undefined || value === null) return "";
	if (Array.isArray(value)) return value.map((entry) => element(name, entry)).join("");
	const inner =
		typeof value === "object"
			? Object.entries(value)
					.map(([key, entry]) => element(key, entry))
					.join("")
			: escapeXml(String(value));
	return `<${name}>${inner}</${name}>`;
}

const ESCAPES: Record<string, string> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&apos;",
};

/** Characters that XML 1.0 cannot carry at all (its production [2] Char) are dropped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function escapeXml(text: string): string {
	return text.replace(NOT_XML, "").replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
