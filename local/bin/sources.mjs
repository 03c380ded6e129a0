import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(PACKAGE, "dist");

const NO_SOURCES = ["bin", "conformance", "dist", "example", "node_modules", "test"];

/** The package's .ts and .cjs files, relative to it; none where only dist/ was installed. */
export function sources() {
	return readdirSync(PACKAGE, { withFileTypes: true })
		.flatMap((entry) => {
			if (!entry.isDirectory()) return [entry.name];
			if (NO_SOURCES.includes(entry.name)) return [];
			const inside = readdirSync(join(PACKAGE, entry.name), { recursive: true });
			return inside.map((path) => join(entry.name, path));
		})
		.filter((path) => /\.(ts|cjs)$/.test(path));
}

/** What runs where there are no sources. */
const COMPILED = join(DIST, "main.js");

/** Whether dist/ is there and no source is newer than it. */
export function isCompiled() {
	if (!existsSync(COMPILED)) return false;
	const compiledAt = statSync(COMPILED).mtimeMs;
	return sources().every((path) => statSync(join(PACKAGE, path)).mtimeMs <= compiledAt);
}
