import { transform } from "esbuild";

/**
 * A bundle with short names for what is inside its functions. Those at the top of
 * a file and those of methods stay, for whoever reads a stack trace.
 */
export async function withShortLocals(
	code: string,
	map: string,
): Promise<{ readonly code: string; readonly map: string }> {
	const inline = Buffer.from(map).toString("base64");
	return transform(`${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`, {
		target: "node20",
		minify: true,
		legalComments: "none",
		sourcemap: "external",
		sourcesContent: false,
	});
}
