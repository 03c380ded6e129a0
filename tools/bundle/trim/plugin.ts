import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { fc2 } from "./fc2.ts";
import { iot } from "./iot.ts";
import { openapiClient } from "./openapi-client.ts";
import type { Trim } from "./rule.ts";
import { readSource, ShapeError } from "./source.ts";
import { LEFT_OUT_FILES, LEFT_OUT_PACKAGES, leftOut, STAND_INS } from "./stand-ins.ts";
import { tablestore } from "./tablestore.ts";

const TRIMS: readonly Trim[] = [iot, openapiClient, fc2, tablestore];
const LEFT_OUT = "left-out";

/**
 * Keeps of the vendors' packages what is called. The packages themselves stay
 * as they are; only what goes into a bundle is cut.
 *
 * The build fails with a `ShapeError` when a package is another version than a
 * rule was tried with, or no longer has what the rule looks for.
 */
export function trimVendors(
	calledOf: (packageName: string) => Promise<ReadonlySet<string>>,
): Plugin {
	return {
		name: "trim-vendors",
		setup(build) {
			const trimmed = new Map<string, Promise<ReadonlyMap<string, string>>>();
			const met = new Set<string>();

			build.onResolve({ filter: /^[@a-z]/ }, ({ path }) => {
				if (LEFT_OUT_PACKAGES.has(path)) return { path, namespace: LEFT_OUT };
				const standIn = STAND_INS[path];
				return standIn ? { path: standIn } : undefined;
			});
			build.onLoad({ filter: /.*/, namespace: LEFT_OUT }, ({ path }) => ({
				contents: leftOut(path),
			}));
			build.onLoad({ filter: /[\\/]node_modules[\\/].*\.js$/ }, async ({ path }) => {
				const place = placeOf(path);
				const absent = LEFT_OUT_FILES[place.package];
				if (absent?.files.includes(place.file)) {
					await checkVersion(place.folder, place.package, absent.version);
					met.add(`${place.package}/${place.file}`);
					return { contents: leftOut(`${place.package}/${place.file}`) };
				}
				const rule = TRIMS.find((each) => each.package === place.package);
				if (!rule?.files.includes(place.file)) return undefined;
				met.add(`${place.package}/${place.file}`);
				let files = trimmed.get(place.folder);
				if (!files) {
					files = trim(rule, place.folder, await calledOf(rule.package));
					trimmed.set(place.folder, files);
				}
				return { contents: (await files).get(place.file) ?? "" };
			});
			build.onEnd(({ metafile, errors }) => {
				if (errors.length > 0) return;
				const bundled = new Set(Object.keys(metafile?.inputs ?? {}).map((path) => placeOf(path).package));
				for (const [name, files] of ruledFiles()) {
					const missed = files.find((file) => !met.has(`${name}/${file}`));
					if (bundled.has(name) && missed) {
						throw new ShapeError(`the bundles hold ${name} but not its ${missed}, which tools/bundle/trim has a rule for`);
					}
				}
			});
		},
	};
}

async function trim(
	rule: Trim,
	folder: string,
	called: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
	await checkVersion(folder, rule.package, rule.version);
	const read = async (file: string) =>
		readSource(`${rule.package}/${file}`, await readFile(join(folder, file), "utf8"));
	const [first, ...others] = rule.files;
	const sources = [await read(first), ...(await Promise.all(others.map(read)))] as const;
	const texts = rule.trim([...sources], called);
	return new Map(rule.files.map((file, index) => [file, texts[index] ?? ""]));
}

async function checkVersion(folder: string, name: string, wanted: string): Promise<void> {
	const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version?: string };
	if (version === wanted) return;
	throw new ShapeError(
		`${name} is ${version} and tools/bundle/trim was tried with ${wanted}: change the version there, then run the tests that compare the trimmed client with the whole one`,
	);
}

function* ruledFiles(): Iterable<[string, readonly string[]]> {
	for (const { package: name, files } of TRIMS) yield [name, files];
	for (const [name, { files }] of Object.entries(LEFT_OUT_FILES)) yield [name, files];
}

/** `…/node_modules/@scope/name/dist/a.js`; of nested packages the innermost. */
function placeOf(path: string): { folder: string; package: string; file: string } {
	const [, folder = "", name = "", file = ""] =
		/^(.*[\\/]?node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/](.*)$/.exec(path) ?? [];
	return { folder, package: name.replaceAll("\\", "/"), file: file.replaceAll("\\", "/") };
}
