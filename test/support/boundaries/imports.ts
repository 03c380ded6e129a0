import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";

/** What each file imports: files by their path, packages as `npm:name`. Types count, too. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const IMPORT = /^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm;

export function importsOf(sources: ReadonlyMap<string, string>): Imports {
	return new Map(
		[...sources].map(([file, source]) => [
			file,
			[...source.matchAll(IMPORT)]
				.map(([, from, dynamic]) => from ?? dynamic ?? "")
				.filter((specifier) => !isBuiltin(specifier))
				.map((specifier) => target(file, specifier)),
		]),
	);
}

function target(file: string, specifier: string): string {
	if (specifier.startsWith(".")) return join(dirname(file), specifier).replaceAll("\\", "/");
	const [scope = "", name = ""] = specifier.split("/");
	return `npm:${scope.startsWith("@") ? `${scope}/${name}` : scope}`;
}

/** The TypeScript files of these folders with their text, by their path from the project. */
export function readSources(project: string, folders: readonly string[]): Map<string, string> {
	const sources = new Map<string, string>();
	for (const folder of folders) {
		for (const name of readdirSync(join(project, folder), { recursive: true }) as string[]) {
			const file = join(folder, name).replaceAll("\\", "/");
			if (!/\.tsx?$/.test(file) || /\/(dist|node_modules)\//.test(file)) continue;
			sources.set(file, readFileSync(join(project, file), "utf8"));
		}
	}
	return sources;
}

/** Everything that a file reaches, each by the shortest chain of imports. */
export function chainsFrom(file: string, imports: Imports): string[][] {
	const seen = new Set([file]);
	const chains = [[file]];
	// The list grows while it is walked: what is near comes first.
	for (const chain of chains) {
		for (const next of imports.get(chain.at(-1) ?? "") ?? []) {
			if (seen.has(next)) continue;
			seen.add(next);
			chains.push([...chain, next]);
		}
	}
	return chains.slice(1);
}
