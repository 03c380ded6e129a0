import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Identity, WELL_KNOWN_ACCOUNT } from "../identity.ts";
import { THROTTLE_MODELS, type ThrottleModel } from "../iot/index.ts";
import { readEnvironment } from "./environment.ts";
import { EXAMPLE_STACK } from "./example.ts";
import { type PlatformOptions, platformHelp, readPlatform } from "./platform.ts";

export interface Options {
	readonly stack: string;
	readonly port: number;
	readonly data: string;
	readonly account: Identity | undefined;
	readonly devices: number;
	/** What s.yaml sees as QUOTA_PER_SECOND. */
	readonly quota: number;
	/** What the platform allows. */
	readonly platformQuota: number;
	readonly throttle: ThrottleModel;
	readonly virtual: boolean;
	readonly watch: boolean;
	readonly inspect: readonly string[];
	/** A command that the shell runs before any function does. */
	readonly prepare: string | undefined;
	readonly environment: Readonly<Record<string, string>>;
	/** The project that comes along takes the place of `stack`. */
	readonly example: boolean;
	/** What the vendor leaves open, and limits of the account. */
	readonly iot: PlatformOptions;
	/** A file that says what simulated devices do. */
	readonly script: string | undefined;
	readonly help: boolean;
}

/** What `--help` says after its first lines. */
export const OPTIONS_HELP = `\
  --stack FILE        the s.yaml (default s.yaml); its folder is the project's
  --example           runs a project that comes along: a table, a queue, a timer, a device
  --port N            first of seven ports in a row (default 9000; 0 takes free ones)
  --data DIR          where everything is kept (default .local)
  --account WHOSE     random (default): made for the data folder and kept in it;
                      well-known: the same keys everywhere, for tests and CI
  --devices N         simulated devices (default 3)
  --quota N           calls of InvokeThingService a second (default 500);
                      s.yaml sees it as QUOTA_PER_SECOND
  --platform-quota N  the platform's limit alone, where it is to differ from that
  --throttle M        how calls are limited: token-bucket (default) or fixed-window
  --iot NAME=VALUE    what the vendor leaves open and the account's limits; repeatable:
                      ${platformHelp()}
  --script FILE       what simulated devices answer and report, in YAML or JSON
  --virtual           time stands still until the admin address is told to move it
  --dotenv FILE       variables for s.yaml's \${env(…)}, in the form of .env; repeatable
  --env NAME[=VALUE]  one such variable, without a value that of the shell; repeatable
  --prepare COMMAND   runs before any function, for instance to create tables; it finds
                      the services and the keys in its environment
  --inspect FUNCTION  opens a port for a debugger in its instances and prints it; repeatable
  --no-watch          code that changes is not reloaded
  --help              this text
`;

const MAX_DEVICES = 10_000;
const MAX_QUOTA = 1_000_000;
/** Six more ports follow it. */
const MAX_PORT = 65_529;

/** @throws Error that names the option that is wrong. */
export function readOptions(
	args: readonly string[],
	shell: Readonly<Record<string, string | undefined>>,
): Options {
	const { values } = parseArgs({
		args: [...args],
		options: {
			stack: { type: "string", default: "s.yaml" },
			port: { type: "string", default: "9000" },
			data: { type: "string", default: ".local" },
			account: { type: "string", default: "random" },
			devices: { type: "string", default: "3" },
			quota: { type: "string", default: "500" },
			"platform-quota": { type: "string" },
			example: { type: "boolean", default: false },
			iot: { type: "string", multiple: true, default: [] },
			script: { type: "string" },
			throttle: { type: "string", default: "token-bucket" },
			virtual: { type: "boolean", default: false },
			dotenv: { type: "string", multiple: true, default: [] },
			env: { type: "string", multiple: true, default: [] },
			prepare: { type: "string" },
			inspect: { type: "string", multiple: true, default: [] },
			"no-watch": { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	const platformQuota = values["platform-quota"];
	return {
		stack: values.example ? EXAMPLE_STACK : resolve(values.stack),
		example: values.example,
		iot: readPlatform(values.iot),
		script: values.script === undefined ? undefined : resolve(values.script),
		port: wholeNumber("port", values.port, 0, MAX_PORT),
		data: resolve(values.data),
		account:
			oneOf("account", values.account, ["random", "well-known"]) === "random"
				? undefined
				: WELL_KNOWN_ACCOUNT,
		devices: wholeNumber("devices", values.devices, 1, MAX_DEVICES),
		quota: wholeNumber("quota", values.quota, 1, MAX_QUOTA),
		platformQuota: wholeNumber(
			platformQuota === undefined ? "quota" : "platform-quota",
			platformQuota ?? values.quota,
			1,
			MAX_QUOTA,
		),
		throttle: oneOf("throttle", values.throttle, THROTTLE_MODELS),
		virtual: values.virtual,
		watch: !values["no-watch"],
		inspect: values.inspect,
		prepare: values.prepare,
		environment: readEnvironment(values.dotenv, values.env, shell),
		help: values.help,
	};
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
	const value = Number(text);
	if (text === "" || !Number.isInteger(value) || value < min || value > max) {
		throw new Error(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
	}
	return value;
}

function oneOf<const T extends string>(name: string, text: string, known: readonly T[]): T {
	const found = known.find((value) => value === text);
	if (found) return found;
	throw new Error(`--${name} must be ${known.join(" or ")}, not "${text}"`);
}
