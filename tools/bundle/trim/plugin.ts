import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { withShortNames } from "./short-names.ts";
import { ShapeError } from "./source.ts";
import { LEFT_OUT_FILES, LEFT_OUT_PACKAGES, leftOut, STAND_INS } from "./stand-ins.ts";
import { checkVersion, TRIMS, Vendors } from "./vendors.ts";

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
			const vendors = new Vendors(calledOf);
			const met = new Set<string>();

			build.onResolve({ filter: /^[@a-z]/ }, ({ path, importer }) => {
				if (LEFT_OUT_PACKAGES.has(path)) return { path, namespace: LEFT_OUT };
				const standIn = STAND_INS[path];
				return standIn && standIn !== importer ? { path: standIn } : undefined;
			});
			build.onLoad({ filter: /.*/, namespace: LEFT_OUT }, ({ path }) => ({
				contents: leftOut(path),
				resolveDir: import.meta.dirname,
			}));
			build.onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path }) => {
				const { folder, name, file } = placeOf(path);
				met.add(`${name}/${file}`);
				const absent = LEFT_OUT_FILES[name];
				if (absent?.files.includes(file)) {
					await checkVersion(folder, name, absent.versions);
					return { contents: leftOut(`${name}/${file}`) };
				}
				const cut = await vendors.file(folder, name, file);
				if (cut !== undefined) return { contents: await withShortNames(cut, path, "cjs") };
				return { contents: await withShortNames(await readFile(path, "utf8"), path) };
			});
			build.onEnd(({ errors }) => {
				if (errors.length === 0) checkMet(met);
			});
		},
	};
}

/**
 * A file that a rule names and that is not loaded has moved, and what it held
 * with it; of one that no rule names it is not known what it uses.
 */
function checkMet(met: ReadonlySet<string>): void {
	for (const { package: name, files } of TRIMS) {
		const known = [...Object.keys(files), ...(LEFT_OUT_FILES[name]?.files ?? [])].map(
			(file) => `${name}/${file}`,
		);
		const loaded = [...met].filter((each) => each.startsWith(`${name}/`));
		if (loaded.length === 0) continue;
		const missed = known.find((file) => !met.has(file));
		const strange = loaded.find((file) => !known.includes(file));
		if (missed)
			throw new ShapeError(`the bundles no longer hold ${missed}: adapt tools/bundle/trim`);
		if (strange) throw new ShapeError(`tools/bundle/trim has no rule for ${strange}`);
	}
}

/** `…/node_modules/@scope/name/dist/a.js`; of nested packages the innermost. */
function placeOf(path: string): { folder: string; name: string; file: string } {
	const [, folder = "", name = "", file = ""] =
		/^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/](.*)$/.exec(path) ?? [];
	return { folder, name: name.replaceAll("\\", "/"), file: file.replaceAll("\\", "/") };
}
