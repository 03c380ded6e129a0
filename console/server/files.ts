import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface File {
	readonly bytes: Buffer;
	readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
	html: "text/html; charset=utf-8",
	css: "text/css; charset=utf-8",
	js: "text/javascript; charset=utf-8",
};

/** Nothing inline, nothing from elsewhere, and no page around it. */
export const SECURITY_HEADERS = {
	"content-security-policy":
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
} as const;

const FOREVER = "public, max-age=31536000, immutable";

/** The console's files, by their name. */
export type Files = ReadonlyMap<string, File>;

/** @throws Error where there are none. */
export function readFiles(folder: string): Files {
	return new Map(
		readdirSync(folder).map((name) => {
			const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
			// All other names hold a hash of what is in them.
			const cache = name === "index.html" ? "no-cache" : FOREVER;
			const headers = { ...SECURITY_HEADERS, "content-type": type, "cache-control": cache };
			return [name, { bytes: readFileSync(join(folder, name)), headers }];
		}),
	);
}

/** The page of a process that holds the key: it need not ask for one. */
export function withHeldKey(files: Files, apiUrl: string): Files {
	const page = files.get("index.html");
	if (!page) throw new Error("the console has no index.html");
	const text = page.bytes
		.toString()
		.replace('name="thingcast-key" content="ask"', 'name="thingcast-key" content="held"')
		.replace('name="thingcast-api" content=""', `name="thingcast-api" content="${escaped(apiUrl)}"`);
	return new Map(files).set("index.html", { ...page, bytes: Buffer.from(text) });
}

const escaped = (text: string): string =>
	text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
