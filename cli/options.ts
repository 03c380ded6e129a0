import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommandFilter, State } from "../client/src/index.ts";
import { STATES } from "../shared/command/state.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./problems.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90`, `90s`, `5m`, `1h` or `2d`, in seconds. */
export function seconds(text: string): number {
	const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
	if (digits === undefined) {
		throw new InvalidArgumentError("give seconds, or a number with s, m, h or d, such as 5m.");
	}
	return Number(digits) * SECONDS[unit as keyof typeof SECONDS];
}

export function wholeNumber(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("give a whole number.");
	return Number(text);
}

/** A number, or `all`. */
export const limitOption = (usual: number) =>
	new Option("--limit <n>", "at most so many, or all")
		.default(usual, String(usual))
		.argParser((text) => (text === "all" ? Number.POSITIVE_INFINITY : wholeNumber(text)));

const MAX_PAGE = 100;
/** What a request asks for, to show so many. */
export const pageSize = (limit: number): number => Math.min(Math.max(limit, 1), MAX_PAGE);

export function states(text: string): State[] {
	return text.split(",").map((part) => {
		const found = STATES.find((state) => state === part.trim());
		if (!found) throw new InvalidArgumentError(`"${part}" is not one of ${STATES.join(", ")}.`);
		return found;
	});
}

export interface FilterOptions {
	readonly state?: State[];
	readonly since?: string;
	readonly until?: string;
	readonly service?: string;
	readonly code?: string;
	readonly source?: string;
	readonly job?: string;
	readonly schedule?: string;
	readonly product?: string;
	readonly device?: string;
	readonly iotId?: string;
}

/** Which commands are meant. */
export function addFilters(command: Command): Command {
	return command
		.option("--state <states>", "one, or several with commas", states)
		.option("--since <when>", "an age such as 1h, or a time such as 2026-12-01T07:00:00Z")
		.option("--until <when>", "the same")
		.option("--service <name>", "the service that was called")
		.option("--code <code>", "of the error")
		.option("--source <type>", "http, timer, queue, reaction, redrive, schedule or job")
		.option("--job <id>", "made by this job")
		.option("--schedule <id>", "made by this schedule")
		.option("--product <key>", "of this product")
		.option("--device <name>", "to this device of --product")
		.option("--iot-id <id>", "to this device");
}

export function filterOf(options: FilterOptions): CommandFilter {
	const { state, since, until, service, code, source, job, schedule, iotId } = options;
	const { product: productKey, device: deviceName } = options;
	if (deviceName !== undefined && productKey === undefined) {
		throw new UsageError("--device needs the device's product", "add --product <key>");
	}
	const given = { state, since, until, service, code, source, job, schedule, iotId };
	const all = { ...given, productKey, deviceName };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Text as it stands; `@file` is what is in it, `-` or `@-` what comes by stdin. @throws UsageError */
export function textOrFile(io: Pick<Io, "readInput">, text: string): string {
	if (text === "-" || text === "@-") return io.readInput();
	return text.startsWith("@") ? readText(io, text.slice(1)) : text;
}

/** @throws UsageError */
export function readText(io: Pick<Io, "readInput">, file: string): string {
	if (file === "-") return io.readInput();
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
	}
}

/** An option that may be given several times. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];
