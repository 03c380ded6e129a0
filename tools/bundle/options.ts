import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { withoutDocument } from "./document-only.ts";
import { oneCopy } from "./one-copy.ts";
import { callersOf } from "./trim/callers.ts";
import { trimVendors } from "./trim/plugin.ts";

/** The functions are the folders of `functions` that have an `index.ts`. */
export function functionNames(root: string): string[] {
	const folder = join(root, "functions");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => existsSync(join(folder, name, "index.ts")))
		.sort();
}

/** How all that is bundled is bundled: CommonJS, since the vendor's packages break as ES modules. */
export async function bundleOptions(root: string) {
	const entries = functionNames(root).map((name) => `./functions/${name}/index.ts`);
	return {
		absWorkingDir: root,
		bundle: true,
		platform: "node",
		// The oldest Node.js that Function Compute's custom runtimes bring is 20.10.
		target: "node20",
		format: "cjs",
		minifySyntax: true,
		minifyWhitespace: true,
		legalComments: "none",
		// Strict TypeScript would put "use strict" in front of the whole file; the npm package
		// tablestore assigns to variables that it never declares, which that forbids.
		tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
		plugins: [trimVendors(await callersOf(root, entries)), oneCopy(root), withoutDocument],
		logLevel: "warning",
		logOverride: { "import-is-undefined": "error" },
		write: false,
	} satisfies BuildOptions;
}
