import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod";
import { answersWell, type Behaviour } from "./behaviour.ts";

/** An hour: what is to answer later answers by hand. */
const MAX_DELAY_MS = 3_600_000;
const MAX_EVERY_SECONDS = 86_400;

const reply = z.union([
	z.literal("silent"),
	z.strictObject({
		code: z.number().int().optional(),
		message: z.string().optional(),
		data: z.record(z.string(), z.unknown()).optional(),
		delayMs: z.number().nonnegative().max(MAX_DELAY_MS).optional(),
	}),
]);
const report = z
	.strictObject({
		everySeconds: z.number().positive().max(MAX_EVERY_SECONDS),
		property: z.record(z.string(), z.unknown()).optional(),
		event: z
			.strictObject({
				identifier: z.string(),
				value: z.record(z.string(), z.unknown()).default({}),
			})
			.optional(),
	})
	.refine(
		({ property, event }) => (property === undefined) !== (event === undefined),
		"either a property or an event",
	);
const device = z.strictObject({
	/** By service, `property/set` for settings, `*` for all others; of a list one reply after the other, the last for good. */
	services: z.record(z.string(), z.union([reply, z.array(reply).min(1)])).default({}),
	reports: z.array(report).default([]),
});
const file = z.strictObject({ devices: z.record(z.string(), device) });

type Report = z.output<typeof report>;

/** What devices do, by a file. */
export interface Script {
	behaviourOf(deviceName: string): Behaviour;
	reportsOf(deviceName: string): readonly Report[];
}

/** @throws Error that names the file and every mistake in it. */
export function readScript(path: string): Script {
	const parsed = file.safeParse(parse(readFileSync(path, "utf8")));
	if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
	const { devices } = parsed.data;
	const of = (name: string) => devices[name] ?? devices["*"];
	return {
		behaviourOf: (name) => behaviour(of(name)?.services ?? {}),
		reportsOf: (name) => of(name)?.reports ?? [],
	};
}

function behaviour(services: z.output<typeof device>["services"]): Behaviour {
	const calls = new Map<string, number>();
	return (received) => {
		const name = Object.hasOwn(services, received.service) ? received.service : "*";
		const given = services[name];
		if (given === undefined) return answersWell(received);
		const count = calls.get(name) ?? 0;
		calls.set(name, count + 1);
		const next = Array.isArray(given) ? given[Math.min(count, given.length - 1)] : given;
		if (next === undefined || next === "silent") return "silent";
		const { data, ...rest } = next;
		const known = Object.entries(rest).filter(([, value]) => value !== undefined);
		return {
			...Object.fromEntries(known),
			...(data === undefined ? {} : { data: JSON.stringify(data) }),
		};
	};
}
