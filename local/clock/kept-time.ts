import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "virtual-clock.json";

/** The virtual time that a data folder had reached; undefined if it never had one. */
export function keptTime(dataDir: string): number | undefined {
	const path = join(dataDir, FILE);
	if (!existsSync(path)) return undefined;
	return (JSON.parse(readFileSync(path, "utf8")) as { now: number }).now;
}

/** Time must not go back at the next start: what is stored is older than it. */
export function keepTime(dataDir: string, now: number): void {
	const path = join(dataDir, FILE);
	writeFileSync(`${path}.draft`, JSON.stringify({ now }));
	renameSync(`${path}.draft`, path);
}
