import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

const PAGE_KB = 4;
/** Places in what follows the name in /proc/PID/stat (proc(5)). */
const PARENT = 1;
const RESIDENT_PAGES = 21;

const statOf = (pid: string): string[] => {
	const text = readFileSync(`/proc/${pid}/stat`, "utf8");
	// The name, in brackets, may hold anything.
	return text.slice(text.lastIndexOf(")") + 2).split(" ");
};
const megabytes = (stat: readonly string[]): number =>
	(Number(stat[RESIDENT_PAGES]) * PAGE_KB) / 1_024;

/** Resident memory, in MB, of the local cloud itself and of the largest instance of each function. */
export function memoryOf(cloud: number): Readonly<Record<string, number>> {
	const found: Record<string, number> = { cloud: megabytes(statOf(String(cloud))) };
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const stat = statOf(pid);
			if (Number(stat[PARENT]) !== cloud) continue;
			// An instance runs in the folder of its function's code.
			const name = basename(readlinkSync(`/proc/${pid}/cwd`));
			found[name] = Math.max(found[name] ?? 0, megabytes(stat));
		} catch {
			// It has ended meanwhile.
		}
	}
	return found;
}
