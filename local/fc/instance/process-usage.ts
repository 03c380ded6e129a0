import { readFileSync } from "node:fs";
import { endianness } from "node:os";

/** Entries of the auxiliary vector (getauxval(3)): what /proc counts in. */
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;
const DEFAULT_PAGE_BYTES = 4_096;
const DEFAULT_TICKS_PER_SECOND = 100;

/** Fields of /proc/PID/stat after the name, counted from the state (proc(5), 3) on. */
const UTIME = 11;
const CSTIME = 14;
const RSS = 21;

export interface Usage {
	/** Of the process, of those that it started and of those of them that ended. */
	readonly cpuMs: number;
	readonly memoryBytes: number;
}

/** What a process uses, with what it started; undefined if it has ended, or the system has no /proc. */
export function usageOf(pid: number): Usage | undefined {
	let fields: string[];
	let children: string;
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
		// The name stands in parentheses and may contain some itself.
		fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
	} catch {
		return undefined;
	}
	units ??= readUnits();
	const ticks = fields.slice(UTIME, CSTIME + 1).reduce((sum, field) => sum + Number(field), 0);
	let cpuMs = (ticks * 1_000) / units.ticksPerSecond;
	let memoryBytes = Number(fields[RSS]) * units.pageBytes;
	for (const child of children.split(" ").filter((text) => text !== "")) {
		const usage = usageOf(Number(child));
		cpuMs += usage?.cpuMs ?? 0;
		memoryBytes += usage?.memoryBytes ?? 0;
	}
	return { cpuMs, memoryBytes };
}

let units: { readonly pageBytes: number; readonly ticksPerSecond: number } | undefined;

function readUnits(): { pageBytes: number; ticksPerSecond: number } {
	const found = { pageBytes: DEFAULT_PAGE_BYTES, ticksPerSecond: DEFAULT_TICKS_PER_SECOND };
	if (endianness() !== "LE") return found;
	try {
		const vector = readFileSync("/proc/self/auxv");
		for (let at = 0; at + 16 <= vector.length; at += 16) {
			const value = Number(vector.readBigUInt64LE(at + 8));
			if (vector.readBigUInt64LE(at) === AT_PAGESZ) found.pageBytes = value;
			if (vector.readBigUInt64LE(at) === AT_CLKTCK) found.ticksPerSecond = value;
		}
	} catch {
		// The usual units then.
	}
	return found;
}
