import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface ConsoleFile {
	readonly bytes: Buffer<ArrayBuffer>;
	readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
	html: "text/html; charset=utf-8",
	css: "text/css; charset=utf-8",
	js: "text/javascript; charset=utf-8",
};

/** Nothing inline, nothing from elsewhere, and no page around it. */
const SECURITY_HEADERS = {
	"content-security-policy":
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
} as const;

const FOREVER = "public, max-age=31536000, immutable";

/** The web console's files, by their name. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** @throws Error where there are none. */
export function readConsole(folder: string): ConsoleFiles {
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
