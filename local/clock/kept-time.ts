import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DamagedFile } from "../damaged.ts";

const FILE = "virtual-clock.json";
const schema = z.strictObject({ now: z.number().nonnegative() });

/** The virtual time that a data folder had reached; undefined if it never had one. */
export function keptTime(dataDir: string): number | undefined {
	const path = join(dataDir, FILE);
	if (!existsSync(path)) return undefined;
	try {
		return schema.parse(JSON.parse(readFileSync(path, "utf8"))).now;
	} catch (error) {
		const cause = error instanceof z.ZodError ? z.prettifyError(error) : error;
		throw new DamagedFile(path, cause, "Remove it: virtual time then begins with today.");
	}
}

/** Time must not go back at the next start: what is stored is older than it. */
export function keepTime(dataDir: string, now: number): void {
	const path = join(dataDir, FILE);
	writeFileSync(`${path}.draft`, JSON.stringify({ now }));
	renameSync(`${path}.draft`, path);
}
