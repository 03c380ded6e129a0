import * as z from "zod";
import type { Credentials } from "./credentials.ts";
import { LOG_LEVELS } from "./log.ts";

/** An API key that can be guessed protects nothing. */
const MIN_API_KEY_LENGTH = 16;

const text = z.string().min(1);

/** Unencrypted requests would show keys to the network: they are for this machine alone. */
function isPrivateWay(address: string): boolean {
	if (!address.startsWith("http://")) return true;
	if (!URL.canParse(address)) return false;
	return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);
}
const PRIVATE_WAY =
	"must begin with https://; http:// is for addresses of this machine, such as http://127.0.0.1:9000";

const url = z
	.url({ protocol: /^https?$/, error: "must be a URL that begins with https://" })
	.refine(isPrivateWay, PRIVATE_WAY);
const positiveInteger = z.coerce
	.number({ error: "must be a number" })
	.int("must be a whole number")
	.positive("must be greater than 0");

const apiKeys = text.transform((value, context) => {
	const keys = value.split(",").map((key) => key.trim());
	if (keys.some((key) => key.length < MIN_API_KEY_LENGTH)) {
		context.addIssue(
			`must be keys of at least ${MIN_API_KEY_LENGTH} characters, separated by commas`,
		);
	}
	return keys;
});

/** An origin as browsers send it: no path, no slash at its end. */
const corsOrigins = text.transform((value, context) => {
	const origins = value.split(",").map((origin) => origin.trim());
	const wrong = origins.filter(
		(origin) => origin !== "*" && !(URL.canParse(origin) && new URL(origin).origin === origin),
	);
	if (wrong.length > 0) {
		context.addIssue(
			`must be origins such as https://console.example.com, separated by commas, or *; not ${wrong.join(", ")}`,
		);
	}
	return origins;
});
const names = text.transform((value) => value.split(",").map((name) => name.trim()));

/** Every environment variable that any function reads. README's table says what each is for. */
const VARIABLES = {
	ALIBABA_CLOUD_ACCESS_KEY_ID: text,
	ALIBABA_CLOUD_ACCESS_KEY_SECRET: text,
	ALIBABA_CLOUD_SECURITY_TOKEN: text.optional(),
	FC_ACCOUNT_ID: text,
	FC_REGION: text,
	FC_ENDPOINT: url.optional(),
	IOT_ENDPOINT: text
		.regex(
			/^(https?:\/\/)?([\w.-]+|\[::1\])(:\d+)?\/?$/,
			"must be a host name, or a URL without a path",
		)
		.refine(isPrivateWay, PRIVATE_WAY),
	IOT_INSTANCE_ID: text.optional(),
	TABLESTORE_ENDPOINT: url,
	TABLESTORE_INSTANCE: text,
	WORKER_FUNCTION: text.regex(
		/^[\w-]+(\/[\w-]+)?$/,
		"must be the name of a function, or service/function of the 2.0 edition",
	),
	QUOTA_PER_SECOND: positiveInteger.default(500),
	QUOTA_SHARE: z.coerce
		.number({ error: "must be a number" })
		.positive("must be greater than 0")
		.max(1, "must be at most 1")
		.default(1),
	QUOTA_INSTANCES: positiveInteger.default(20),
	SYNC_TIMEOUT_SECONDS: positiveInteger.max(60, "must be at most 60").default(5),
	COMMANDS_QUEUE: names.default(["thingcast-commands"]),
	EVENTS_QUEUE: names.default(["thingcast-events"]),
	DEAD_LETTER_QUEUES: names.default([
		"thingcast-commands-dead-letters",
		"thingcast-events-dead-letters",
		"thingcast-failures",
	]),
	OTHER_QUEUES: z.enum(["commands", "events"]).default("events"),
	API_KEYS: apiKeys,
	CORS_ORIGINS: corsOrigins.default([]),
	LOG_LEVEL: z.enum(LOG_LEVELS).default("info"),
} as const;

type Variables = typeof VARIABLES;
export type Name = keyof Variables;
export type Settings<N extends Name> = { readonly [K in N]: z.infer<Variables[K]> };

export const ACCOUNT_SETTINGS = [
	"ALIBABA_CLOUD_ACCESS_KEY_ID",
	"ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	"ALIBABA_CLOUD_SECURITY_TOKEN",
	"FC_ACCOUNT_ID",
	"FC_REGION",
	"LOG_LEVEL",
] as const;
export const TABLESTORE_SETTINGS = ["TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE"] as const;
/** What every function needs. */
export const FUNCTION_SETTINGS = [
	...TABLESTORE_SETTINGS,
	"WORKER_FUNCTION",
	"FC_ENDPOINT",
] as const;
export const IOT_SETTINGS = ["IOT_ENDPOINT", "IOT_INSTANCE_ID", "SYNC_TIMEOUT_SECONDS"] as const;

export const QUEUE_SETTINGS = [
	"COMMANDS_QUEUE",
	"EVENTS_QUEUE",
	"DEAD_LETTER_QUEUES",
	"OTHER_QUEUES",
] as const;

export const QUOTA_SETTINGS = ["QUOTA_PER_SECOND", "QUOTA_SHARE", "QUOTA_INSTANCES"] as const;

/** Thrown at a cold start: one message that names every variable that is missing or malformed. */
export class ConfigError extends Error {
	override readonly name = "ConfigError";
}

/**
 * Reads the variables that a function needs, and the account's.
 * An empty variable counts as missing: s.yaml writes one where nothing is set.
 * @throws ConfigError
 */
export function readConfig<N extends Name>(
	environment: Readonly<Record<string, string | undefined>>,
	names: readonly N[],
): Settings<N | (typeof ACCOUNT_SETTINGS)[number]> {
	const settings: Record<string, unknown> = {};
	const mistakes: string[] = [];
	for (const name of new Set<Name>([...ACCOUNT_SETTINGS, ...names])) {
		const read = VARIABLES[name].safeParse(environment[name] || undefined);
		if (read.success) settings[name] = read.data;
		else if (!environment[name]) mistakes.push(`${name} is missing`);
		else mistakes.push(`${name} ${read.error.issues[0]?.message ?? "is malformed"}`);
	}
	if (mistakes.length > 0) {
		throw new ConfigError(
			`wrong settings: ${mistakes.join("; ")}. They are environment variables; those of a function stand in s.yaml.`,
		);
	}
	return settings as Settings<N | (typeof ACCOUNT_SETTINGS)[number]>;
}

export function credentialsOf(settings: Settings<(typeof ACCOUNT_SETTINGS)[number]>): Credentials {
	const securityToken = settings.ALIBABA_CLOUD_SECURITY_TOKEN;
	return {
		accessKeyId: settings.ALIBABA_CLOUD_ACCESS_KEY_ID,
		accessKeySecret: settings.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
		...(securityToken ? { securityToken } : {}),
	};
}
