import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildResult, context } from "esbuild";
import { buildConsole } from "../console/built.ts";
import { API_DOCUMENT, documentMaker } from "./bundle/api-document.ts";
import { type Part, partsOf, refuseStrays } from "./bundle/contents.ts";
import { bundleOptions, functionNames as namesIn } from "./bundle/options.ts";
import { withShortLocals } from "./bundle/short-locals.ts";

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCE_MAPS = "source-maps";
/** Beside index.js of the function http: files that it serves, and no part of what is loaded at its start. */
const CONSOLE = "console";
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

/** Builds again and again, each time only what has changed. */
export interface Builder {
	/**
	 * @throws Error if a bundle holds something of the local cloud or the tests,
	 *   or a package that should have been cut away.
	 */
	build(): Promise<Bundle[]>;
	dispose(): Promise<void>;
}

/**
 * Bundles every function into one CommonJS file, with what it calls of the
 * vendors' packages and no more. Source maps are kept beside the functions'
 * folders, since everything inside them is shipped.
 */
export async function createBuilder(options: BuildOptions = {}): Promise<Builder> {
	const root = resolve(options.root ?? PROJECT);
	const outDir = resolve(options.outDir ?? join(PROJECT, "dist"));
	const names = namesIn(root);
	if (names.length === 0) throw new Error(`${join(root, "functions")} has no function`);
	const esbuild = await context({
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
	const documents = await documentMaker(root);
	return {
		async build() {
			const [result, document] = await Promise.all([esbuild.rebuild(), documents?.make()]);
			const filesOf = (name: string) =>
				document !== undefined && name === API_DOCUMENT.functionName
					? { [API_DOCUMENT.file]: document }
					: {};
			const bundles = await Promise.all(
				names.map((name) => keep(name, result, filesOf(name), { root, outDir })),
			);
			if (root === PROJECT) await buildConsole(join(outDir, "http", CONSOLE));
			return bundles;
		},
		async dispose() {
			await Promise.all([esbuild.dispose(), documents?.dispose()]);
		},
	};
}

/** One build, and no more. */
export async function build(options: BuildOptions = {}): Promise<Bundle[]> {
	const builder = await createBuilder(options);
	try {
		return await builder.build();
	} finally {
		await builder.dispose();
	}
}

async function keep(
	name: string,
	{ outputFiles, metafile }: BuildResult<{ write: false; metafile: true }>,
	more: Readonly<Record<string, string>>,
	{ root, outDir }: { readonly root: string; readonly outDir: string },
): Promise<Bundle> {
	const path = join(outDir, name, "index.js");
	const output = metafile.outputs[relative(root, path).replaceAll("\\", "/")];
	const code = outputFiles.find((file) => file.path === path);
	const map = outputFiles.find((file) => file.path === `${path}.map`);
	if (!output || !code || !map) throw new Error(`esbuild has made no bundle for ${name}`);
	refuseStrays(name, Object.keys(output.inputs));
	const bundle = await withShortLocals(code.text, map.text);
	const bytes = Buffer.byteLength(bundle.code);
	// For a debugger; where only the folder was shipped there is no such file, and no harm.
	const comment = `//# sourceMappingURL=../${SOURCE_MAPS}/${name}.js.map\n`;
	const files = {
		"index.js": Buffer.from(bundle.code + comment),
		// Inside this project Node.js would take index.js for an ES module.
		"package.json": '{"type":"commonjs"}\n',
		...more,
	};
	await writeBundle(outDir, name, files, Buffer.from(bundle.map));
	return {
		functionName: name,
		folder: join(outDir, name),
		bytes,
		parts: partsOf(output, bytes),
	};
}

async function writeBundle(
	outDir: string,
	name: string,
	files: Readonly<Record<string, Uint8Array | string>>,
	sourceMap: Uint8Array,
): Promise<void> {
	const folder = join(outDir, name);
	await mkdir(folder, { recursive: true });
	await mkdir(join(outDir, SOURCE_MAPS), { recursive: true });
	// Everything in the folder is shipped: what an earlier build left goes.
	const strangers = (await readdir(folder)).filter(
		(file) => !(file in files) && !(name === "http" && file === CONSOLE),
	);
	await Promise.all(strangers.map((file) => rm(join(folder, file), { recursive: true })));
	await writeIfChanged(join(outDir, SOURCE_MAPS, `${name}.js.map`), sourceMap);
	for (const [file, content] of Object.entries(files)) {
		await writeIfChanged(join(folder, file), Buffer.from(content));
	}
}

/** Renamed into place, so that an instance that starts now reads a whole file. */
async function writeIfChanged(path: string, bytes: Uint8Array): Promise<void> {
	const before = await readFile(path).catch(() => undefined);
	if (before?.equals(bytes)) return;
	const draft = `${path}.${process.pid}.draft`;
	await writeFile(draft, bytes);
	await rename(draft, path);
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
	console.log(
		process.argv.includes("--help")
			? "npm run build\n\nMakes dist/<function>/index.js of every function, and shows what is large in it."
			: describe(await build()),
	);
}
