import { existsSync } from "node:fs";
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
		format: "esm",
		logLevel: "silent",
		write: false,
	});
	return {
		async make(): Promise<string> {
			const { outputFiles } = await esbuild.rebuild();
			const code = Buffer.from(outputFiles[0]?.text ?? "").toString("base64");
			const module = (await import(`data:text/javascript;base64,${code}`)) as {
				apiDocument(): string;
			};
			return module.apiDocument();
		},
		dispose: () => esbuild.dispose(),
	};
}
