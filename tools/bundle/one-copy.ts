import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** What npm notes of an installation. */
const INSTALLED = "node_modules/.package-lock.json";
const ALREADY_RESOLVED = "one-copy";

/** npm installs one version of a package several times where another one has the place at the top; a bundle needs it once. */
export function oneCopy(root: string): Plugin {
	return {
		name: "one-copy",
		setup(build) {
			const firstOf = repeated(root);
			const names = [
				...new Set([...firstOf.keys()].map((key) => key.slice(0, key.lastIndexOf("@")))),
			];
			if (names.length === 0) return;
			const filter = new RegExp(`^(?:${names.join("|")})$`);
			build.onResolve({ filter }, async ({ path, importer, kind, resolveDir, pluginData }) => {
				if (pluginData === ALREADY_RESOLVED) return undefined;
				const found = await build.resolve(path, {
					importer,
					kind,
					resolveDir,
					pluginData: ALREADY_RESOLVED,
				});
				const folder = found.path.slice(
					0,
					found.path.lastIndexOf(`/node_modules/${path}/`) + `/node_modules/${path}`.length,
				);
				if (!existsSync(join(folder, "package.json"))) return found;
				const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
				const first = firstOf.get(`${path}@${version}`);
				return first ? { path: join(root, first, found.path.slice(folder.length)) } : found;
			});
		},
	};
}

/** `name@version` of what is installed more than once, and where the first of them is. */
function repeated(root: string): Map<string, string> {
	const file = join(root, INSTALLED);
	const { packages = {} } = existsSync(file)
		? (JSON.parse(readFileSync(file, "utf8")) as {
				packages?: Record<string, { version?: string }>;
			})
		: {};
	const folders = new Map<string, string[]>();
	for (const [folder, { version }] of Object.entries(packages)) {
		const key = `${folder.split("node_modules/").at(-1)}@${version}`;
		folders.set(key, [...(folders.get(key) ?? []), folder]);
	}
	return new Map(
		[...folders].flatMap(([key, [first = "", second]]) => (second ? [[key, first]] : [])),
	);
}
