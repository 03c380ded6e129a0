import type { Credentials } from "./credentials.ts";
import { LOG_LEVELS } from "./log.ts";
import * as z from "./zod.ts";

/** An API key that can be guessed protects nothing. */
const MIN_API_KEY_LENGTH = 16;

const text = z.string().check(z.minLength(1));

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
	.check(z.refine(isPrivateWay, PRIVATE_WAY));
const positiveInteger = z.coerce
	.number({ error: "must be a number" })
	.check(z.int("must be a whole number"), z.positive("must be greater than 0"));

const names = z.pipe(
	text,
	z.transform((value) => value.split(",").map((name) => name.trim())),
);

const apiKeys = names.check(
	z.refine(
		(keys) => keys.every((key) => key.length >= MIN_API_KEY_LENGTH),
		`must be keys of at least ${MIN_API_KEY_LENGTH} characters, separated by commas`,
	),
);

/** An origin as browsers send it: no path, no slash at its end. */
const corsOrigins = names.check(
	z.superRefine((origins, context) => {
		const wrong = origins.filter(
			(origin) => origin !== "*" && !(URL.canParse(origin) && new URL(origin).origin === origin),
		);
		if (wrong.length === 0) return;
		context.addIssue(
			`must be origins such as https://console.example.com, separated by commas, or *; not ${wrong.join(", ")}`,
		);
	}),
);

/** Every environment variable that any function reads. README's table says what each is for. */
const VARIABLES = {
	ALIBABA_CLOUD_ACCESS_KEY_ID: text,
	ALIBABA_CLOUD_ACCESS_KEY_SECRET: text,
	ALIBABA_CLOUD_SECURITY_TOKEN: z.optional(text),
	FC_ACCOUNT_ID: text,
	FC_REGION: text,
	FC_ENDPOINT: z.optional(url),
	IOT_ENDPOINT: text.check(
		z.regex(
			/^(https?:\/\/)?([\w.-]+|\[::1\])(:\d+)?\/?$/,
			"must be a host name, or a URL without a path",
		),
		z.refine(isPrivateWay, PRIVATE_WAY),
	),
	IOT_INSTANCE_ID: z.optional(text),
	TABLESTORE_ENDPOINT: url,
	TABLESTORE_INSTANCE: text,
	WORKER_FUNCTION: text.check(
		z.regex(
			/^[\w-]+(\/[\w-]+)?$/,
			"must be the name of a function, or service/function of the 2.0 edition",
		),
	),
	QUOTA_PER_SECOND: z._default(positiveInteger, 500),
	QUOTA_SHARE: z._default(
		z.coerce
			.number({ error: "must be a number" })
			.check(z.positive("must be greater than 0"), z.maximum(1, "must be at most 1")),
		1,
	),
	BATCH_CALLS_PER_SECOND: z._default(positiveInteger, 10),
	BATCH_DEVICES: z._default(positiveInteger.check(z.maximum(100, "must be at most 100")), 100),
	UPLINK_PER_SECOND: z._default(positiveInteger, 1_000),
	QUOTA_INSTANCES: z._default(positiveInteger, 20),
	SYNC_TIMEOUT_SECONDS: z._default(positiveInteger.check(z.maximum(60, "must be at most 60")), 5),
	COMMANDS_QUEUE: z._default(names, ["thingcast-commands"]),
	EVENTS_QUEUE: z._default(names, ["thingcast-events"]),
	DEAD_LETTER_QUEUES: z._default(names, [
		"thingcast-commands-dead-letters",
		"thingcast-events-dead-letters",
		"thingcast-failures",
	]),
	OTHER_QUEUES: z._default(z.enum(["commands", "events"]), "events"),
	API_KEYS: apiKeys,
	CORS_ORIGINS: z._default(corsOrigins, []),
	LOG_LEVEL: z._default(z.enum(LOG_LEVELS), "info"),
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

/** What jobs may reckon with. */
export const JOB_SETTINGS = [
	"QUOTA_PER_SECOND",
	"QUOTA_SHARE",
	"BATCH_CALLS_PER_SECOND",
	"BATCH_DEVICES",
	"UPLINK_PER_SECOND",
] as const;
export const QUOTA_SETTINGS = [...JOB_SETTINGS, "QUOTA_INSTANCES"] as const;
export const QUEUE_SETTINGS = [
	"COMMANDS_QUEUE",
	"EVENTS_QUEUE",
	"DEAD_LETTER_QUEUES",
	"OTHER_QUEUES",
] as const;

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
