import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { type Part, partsOf, refuseStrays } from "./bundle/contents.ts";
import { bundleOptions, functionNames as namesIn } from "./bundle/options.ts";

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

export const functionNames = (): string[] => namesIn(PROJECT);

/**
 * Bundles every function into one CommonJS file, with what it calls of the
 * vendors' packages and no more. Source maps are kept beside the functions'
 * folders, since everything inside them is shipped.
 *
 * @throws Error if a bundle holds something of the local cloud or the tests, or
 * a package that should have been cut away.
 */
export async function build(options: BuildOptions = {}): Promise<Bundle[]> {
	const root = resolve(options.root ?? PROJECT);
	const outDir = resolve(options.outDir ?? join(PROJECT, "dist"));
	const names = namesIn(root);
	if (names.length === 0) throw new Error(`${join(root, "functions")} has no function`);
	const { outputFiles, metafile } = await esbuild({
		...(await bundleOptions(root)),
		entryPoints: names.map((name) => ({
			in: `./functions/${name}/index.ts`,
			out: `${name}/index`,
		})),
		outdir: outDir,
		sourcemap: "external",
		sourcesContent: false,
		metafile: true,
	});

	const bundles: Bundle[] = [];
	for (const name of names) {
		const path = join(outDir, name, "index.js");
		const output = metafile.outputs[relative(root, path).replaceAll("\\", "/")];
		const code = outputFiles.find((file) => file.path === path);
		const map = outputFiles.find((file) => file.path === `${path}.map`);
		if (!output || !code || !map) throw new Error(`esbuild has made no bundle for ${name}`);
		refuseStrays(name, Object.keys(output.inputs));
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
