import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../problems.ts";

/** The folder of s.yaml, above this file or its bundle. @throws UsageError */
export function projectFolder(): string {
	for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
		if (existsSync(join(folder, "s.yaml"))) return folder;
		if (dirname(folder) === folder) {
			throw new UsageError("the folder of s.yaml is not found", "run it in a clone of thingcast");
		}
	}
}
