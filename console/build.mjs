// The console's files: a page, its style, and scripts, of which the plots are read when first shown.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** Names hold a hash of what is inside, so that a browser may keep them for ever. */
const NAMES = "[name]-[hash]";

/** Kinds of curves that nothing here draws: a seventh of uPlot, which cannot be left out otherwise. */
const NEVER_DRAWN = /^\t\(paths\.(?:stepped|bars|spline) *= \w+\);$/gm;
const plotTrimmed = {
	name: "only the curves that are drawn",
	setup: ({ onLoad }) =>
		onLoad({ filter: /uPlot\.esm\.js$/ }, async ({ path }) => {
			const text = await readFile(path, "utf8");
			const contents = text.replaceAll(NEVER_DRAWN, "");
			if (text.match(NEVER_DRAWN)?.length !== 3) throw new Error(`${path} is another uPlot`);
			return { contents };
		}),
};

/** Makes the console in `outdir`, where nothing else stays. @returns the names of its files */
export async function buildConsole(outdir) {
	const { metafile, outputFiles } = await build({
		absWorkingDir: FOLDER,
		entryPoints: [
			{ in: "app/main.tsx", out: "console" },
			{ in: "app/style.css", out: "style" },
		],
		outdir,
		entryNames: NAMES,
		chunkNames: NAMES,
		bundle: true,
		splitting: true,
		format: "esm",
		target: ["chrome116", "firefox124", "safari17.4"],
		jsx: "automatic",
		jsxImportSource: "preact",
		plugins: [plotTrimmed],
		minify: true,
		legalComments: "none",
		metafile: true,
		write: false,
		logLevel: "warning",
	});
	const page = await readFile(join(FOLDER, "app/index.html"), "utf8");
	const entries = Object.entries(metafile.outputs).flatMap(([file, { entryPoint }]) =>
		entryPoint ? [[entryPoint, basename(file)]] : [],
	);
	const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
	files.set(
		"index.html",
		entries.reduce((text, [entry, name]) => text.replace(basename(entry), name), page),
	);
	await mkdir(outdir, { recursive: true });
	for (const name of await readdir(outdir)) {
		if (!files.has(name)) await rm(join(outdir, name), { recursive: true });
	}
	await Promise.all([...files].map(([name, bytes]) => writeFile(join(outdir, name), bytes)));
	return [...files.keys()];
}

/** `dist/console` of the project, where `thingcast console` finds it. */
export const CONSOLE = join(FOLDER, "..", "dist", "console");
