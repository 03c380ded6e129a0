import { parse } from "acorn";
import { transform } from "esbuild";

/**
 * A vendor's file with short names for what only it can see. The project's own
 * names stay, for whoever reads a stack trace.
 */
export async function withShortNames(
	contents: string,
	sourcefile: string,
	format: "cjs" | "esm" = isScript(contents) ? "cjs" : "esm",
): Promise<string> {
	const { code } = await transform(contents, {
		sourcefile,
		loader: "js",
		// Without a format the names at the top of a file would stay.
		format,
		target: "node20",
		minifyIdentifiers: true,
		sourcemap: "inline",
		sourcesContent: false,
		legalComments: "none",
	});
	return code;
}

function isScript(contents: string): boolean {
	try {
		parse(contents, {
			ecmaVersion: "latest",
			sourceType: "script",
			allowReturnOutsideFunction: true,
		});
		return true;
	} catch {
		return false;
	}
}
