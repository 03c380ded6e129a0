import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { type Part, partsOf, strays } from "./bundle/contents.ts";
import { oneCopy } from "./bundle/one-copy.ts";
import { callersOf } from "./bundle/trim/callers.ts";
import { trimVendors } from "./bundle/trim/plugin.ts";

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCE_MAPS = "source-maps";
const LARGEST_SHOWN = 4;

export interface BuildOptions {
	/** Where `<function>/index.js` goes; `dist` of the project by default. */
	readonly outDir?: string;
	/** Holds `functions/<name>/index.ts`; the project by default. */
	readonly root?: string;
}

export interface Bundle {
	readonly functionName: string;
	/** The folder that s.yaml names as the function's code. */
	readonly folder: string;
	readonly bytes: number;
	readonly parts: readonly Part[];
}

/** The functions are the folders of `functions` that have an `index.ts`. */
export function functionNames(root = PROJECT): string[] {
	const folder = join(root, "functions");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => existsSync(join(folder, name, "index.ts")))
		.sort();
}

/**
 * Bundles every function into one CommonJS file: as ES modules the vendor's
 * packages break when they run. Source maps are kept beside the functions'
 * folders, since everything inside them is shipped.
 *
 * @throws Error if a bundle holds something of the local cloud or the tests.
 */
export async function build(options: BuildOptions = {}): Promise<Bundle[]> {
	const root = resolve(options.root ?? PROJECT);
	const outDir = resolve(options.outDir ?? join(PROJECT, "dist"));
	const names = functionNames(root);
	if (names.length === 0) throw new Error(`${join(root, "functions")} has no function`);
	const entryPoints = names.map((name) => ({
		in: `./functions/${name}/index.ts`,
		out: `${name}/index`,
	}));
	const called = await callersOf(
		root,
		entryPoints.map((entry) => entry.in),
	);
	const { outputFiles, metafile } = await esbuild({
		absWorkingDir: root,
		entryPoints,
		outdir: outDir,
		bundle: true,
		platform: "node",
		target: "node20",
		format: "cjs",
		minifySyntax: true,
		minifyWhitespace: true,
		legalComments: "none",
		// Strict TypeScript would put "use strict" in front of the whole file; the npm package
		// tablestore assigns to variables that it never declares, which that forbids.
		tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
		sourcemap: "external",
		sourcesContent: false,
		plugins: [trimVendors(called), oneCopy(root)],
		metafile: true,
		write: false,
		logLevel: "warning",
		logOverride: { "import-is-undefined": "error" },
	});

	const bundles: Bundle[] = [];
	for (const name of names) {
		const path = join(outDir, name, "index.js");
		const output = metafile.outputs[relative(root, path).replaceAll("\\", "/")];
		const code = outputFiles.find((file) => file.path === path);
		const map = outputFiles.find((file) => file.path === `${path}.map`);
		if (!output || !code || !map) throw new Error(`esbuild has made no bundle for ${name}`);
		const forbidden = strays(Object.keys(output.inputs));
		if (forbidden.length > 0) {
			throw new Error(
				`the bundle of ${name} must not hold ${forbidden.join(", ")}: that runs on a developer's machine only`,
			);
		}
		await writeBundle(outDir, name, code.contents, map.contents);
		const folder = join(outDir, name);
		bundles.push({
			functionName: name,
			folder,
			bytes: code.contents.length,
			parts: partsOf(output),
		});
	}
	return bundles;
}

async function writeBundle(
	outDir: string,
	name: string,
	code: Uint8Array,
	sourceMap: Uint8Array,
): Promise<void> {
	const folder = join(outDir, name);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await mkdir(join(outDir, SOURCE_MAPS), { recursive: true });
	await writeFile(join(folder, "index.js"), code);
	// Inside this project Node.js would take index.js for an ES module.
	await writeFile(join(folder, "package.json"), '{"type":"commonjs"}\n');
	await writeFile(join(outDir, SOURCE_MAPS, `${name}.js.map`), sourceMap);
}

/** One line a bundle: its name, its size, and what is largest in it. */
export function describe(bundles: readonly Bundle[]): string {
	const lines = bundles.map(({ functionName, bytes, parts }) => {
		const largest = parts
			.slice(0, LARGEST_SHOWN)
			.map((part) => `${part.name} ${kilobytes(part.bytes)}`)
			.join(", ");
		return `${functionName.padEnd(10)} ${kilobytes(bytes).padStart(7)}  ${largest}`;
	});
	return [`${"function".padEnd(10)} ${"KB".padStart(7)}  largest parts, KB`, ...lines].join("\n");
}

const kilobytes = (bytes: number) => (bytes / 1024).toFixed(0);

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	console.log(describe(await build()));
}
