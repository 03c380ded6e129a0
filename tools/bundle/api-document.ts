import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { context } from "esbuild";

const ENTRY = "functions/http/document/index.ts";
/** Beside the bundle of the function that serves it (functions/http/index.ts). */
export const API_DOCUMENT = { functionName: "http", file: "openapi.json" } as const;

/** Makes the API's document from the routes as they are now, also where an earlier form of them is loaded already. */
export async function documentMaker(root: string) {
	if (!existsSync(join(root, ENTRY))) return undefined;
	const esbuild = await context({
		absWorkingDir: root,
		entryPoints: [ENTRY],
		bundle: true,
		platform: "node",
		target: "node20",
		format: "cjs",
		logLevel: "silent",
		write: false,
	});
	return {
		async make(): Promise<string> {
			const { outputFiles } = await esbuild.rebuild();
			const module = { exports: {} as { apiDocument(): string } };
			const run = new Function("module", "exports", "require", outputFiles[0]?.text ?? "");
			run(module, module.exports, createRequire(join(root, ENTRY)));
			return module.exports.apiDocument();
		},
		dispose: () => esbuild.dispose(),
	};
}
