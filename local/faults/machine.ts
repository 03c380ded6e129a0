import * as z from "zod";
import type { Account } from "../account.ts";
import type { FcService } from "../fc/index.ts";
import type { Stack } from "../stack/index.ts";
import { FaultRefused } from "./board.ts";
import { type FaultKind, kind, parameters } from "./kind.ts";

const { seconds } = parameters;

const DISKS = ["tablestore", "iot", "mns", "fc"] as const;
type Disk = (typeof DISKS)[number];

/** More than the quarter of an hour that signatures may be off is of no use. */
const MAX_SKEW_SECONDS = 86_400;

/** Faults of what the services stand on: disks, clocks, credentials. */
export function machineFaults(parts: {
	readonly stack: Stack;
	readonly account: Account;
	readonly fc: Pick<FcService, "skewClock">;
	readonly disks: Readonly<Record<Disk, { fillDisk(full: boolean): void }>>;
}): FaultKind[] {
	const { stack, account, fc, disks } = parts;
	const functionNamed = (name: string) => {
		const found = stack.functions.find(
			({ resource, functionName }) => name === resource || name === functionName,
		);
		if (found) return found.functionName;
		const known = stack.functions.map(({ resource }) => resource).join(", ");
		throw new FaultRefused(`there is no function "${name}"; there are: ${known}`);
	};
	return [
		kind(
			"fill disk",
			"whatever has to be written fails, by default in every service",
			{
				seconds,
				services: z
					.array(z.enum(DISKS))
					.min(1)
					.default([...DISKS]),
			},
			(given) => {
				for (const name of given.services) disks[name].fillDisk(true);
				return {
					detail: `full: ${given.services.join(", ")}`,
					seconds: given.seconds,
					end: () => {
						for (const name of given.services) disks[name].fillDisk(false);
					},
				};
			},
		),
		kind(
			"skew clock",
			"new instances have a clock that is wrong by `by` seconds: of every function or of `function`, with `one` a single instance of it; those that run get no more requests",
			{
				seconds,
				by: z.number().min(-MAX_SKEW_SECONDS).max(MAX_SKEW_SECONDS),
				function: z.string().optional(),
				one: z.boolean().default(false),
			},
			(given) => {
				const functionName =
					given.function === undefined ? undefined : functionNamed(given.function);
				const end = fc.skewClock(given.by * 1_000, functionName, given.one);
				const whose = given.one ? "of one instance" : "of all instances";
				return { detail: `clocks ${whose}: ${given.by} s`, seconds: given.seconds, end };
			},
		),
		kind(
			"expire credentials",
			"temporary credentials that were given out so far have expired; what is under way has no others, the next requests go to new instances",
			{},
			() => {
				account.expireTemporary();
				return { detail: "credentials have expired" };
			},
		),
	];
}
