import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A hash of the files of a folder: a build that made the same again has changed
 * nothing. Packages and what begins with a dot do not count.
 */
export async function fingerprint(folder: string, ignored: readonly string[]): Promise<string> {
	const hash = createHash("sha1");
	for (const path of await filesIn(folder, ignored)) {
		hash.update(`${path}\0`);
		// One that went in the meantime is a change of its own.
		hash.update(await readFile(path).catch(() => "gone"));
	}
	return hash.digest("hex");
}

async function filesIn(folder: string, ignored: readonly string[]): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	const paths = await Promise.all(
		entries
			.filter(({ name }) => name !== "node_modules" && !name.startsWith("."))
			.map(async (entry) => {
				const path = join(folder, entry.name);
				if (ignored.includes(path)) return [];
				return entry.isDirectory() ? filesIn(path, ignored) : [path];
			}),
	);
	return paths.flat().sort();
}
