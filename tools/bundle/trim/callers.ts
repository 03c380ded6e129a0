import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { words } from "./pieces.ts";

/**
 * What the project's own files may call of a package: every word of the files
 * that lie in one folder with one that imports it, and end in a bundle.
 */
export async function callersOf(
	root: string,
	entryPoints: readonly string[],
): Promise<(packageName: string) => Promise<ReadonlySet<string>>> {
	const { metafile } = await build({
		absWorkingDir: root,
		entryPoints: [...entryPoints],
		outdir: "unused",
		bundle: true,
		platform: "node",
		format: "cjs",
		packages: "external",
		metafile: true,
		write: false,
		logLevel: "silent",
	});
	const inputs = Object.entries(metafile.inputs);
	return async (packageName) => {
		const folders = new Set(
			inputs
				.filter(([, { imports }]) => imports.some(({ path }) => path === packageName))
				.map(([path]) => dirname(path)),
		);
		const paths = inputs.map(([path]) => path).filter((path) => folders.has(dirname(path)));
		const texts = await Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
		return new Set(texts.flatMap((text) => [...words(text)]));
	};
}
