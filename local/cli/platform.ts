import * as z from "zod";
import type { CloudOptions } from "../cloud.ts";

export type PlatformOptions = NonNullable<CloudOptions["platform"]>;

const perSecond = z.coerce.number().int().positive();

/** `--iot NAME=VALUE`, by name: which values there are, for people and as a schema, and what they set. */
const SETTINGS = {
	"max-devices": {
		values: "100 or 10",
		schema: z.coerce.number().int().positive(),
		set: (maxDevices: never): PlatformOptions => ({ manyDevices: { maxDevices } }),
	},
	"unknown-name": {
		values: "refuse or skip",
		schema: z.enum(["refuse", "skip"]),
		set: (unknownName: never): PlatformOptions => ({ manyDevices: { unknownName } }),
	},
	"repeated-name": {
		values: "once, twice or refuse",
		schema: z.enum(["once", "twice", "refuse"]),
		set: (repeatedName: never): PlatformOptions => ({ manyDevices: { repeatedName } }),
	},
	"message-ids": {
		values: "own or shared",
		schema: z.enum(["own", "shared"]),
		set: (messageIds: never): PlatformOptions => ({ manyDevices: { messageIds } }),
	},
	instance: {
		values: "an id",
		schema: z.string().min(1),
		set: (instanceId: never): PlatformOptions => ({ instanceId }),
	},
	"sync-timeout-ms": {
		values: "5000 or 8000",
		schema: perSecond,
		set: (syncTimeoutMs: never): PlatformOptions => ({ syncTimeoutMs }),
	},
	"subscription-per-second": {
		values: "1000",
		schema: perSecond,
		set: (subscriptionPerSecond: never): PlatformOptions => ({ limits: { subscriptionPerSecond } }),
	},
	"device-per-second": {
		values: "50",
		schema: perSecond,
		set: (devicePerSecond: never): PlatformOptions => ({ limits: { devicePerSecond } }),
	},
	"downlink-per-second": {
		values: "2000",
		schema: perSecond,
		set: (downlinkPerSecond: never): PlatformOptions => ({ limits: { downlinkPerSecond } }),
	},
} as const;

type Name = keyof typeof SETTINGS;
const NAMES = Object.keys(SETTINGS) as Name[];

const HELP_INDENT = "\n                      ";

/** One setting a line. */
export function platformHelp(): string {
	return NAMES.map((name) => `${name.padEnd(24)}${SETTINGS[name].values}`).join(HELP_INDENT);
}

/** @throws Error that names what is wrong. */
export function readPlatform(given: readonly string[]): PlatformOptions {
	let options: PlatformOptions = {};
	for (const text of given) {
		const equals = text.indexOf("=");
		const name = NAMES.find((known) => known === text.slice(0, equals));
		if (!name) throw new Error(`--iot knows ${NAMES.join(", ")}, each with =VALUE; not "${text}"`);
		const { schema, set, values } = SETTINGS[name];
		const value = schema.safeParse(text.slice(equals + 1));
		if (!value.success) throw new Error(`--iot ${name} must be ${values}, not "${text}"`);
		const more = set(value.data as never);
		options = {
			...options,
			...more,
			manyDevices: { ...options.manyDevices, ...more.manyDevices },
			limits: { ...options.limits, ...more.limits },
		};
	}
	return options;
}
