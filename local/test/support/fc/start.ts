import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Account, type Credentials } from "../../../account.ts";
import { type Clock, systemClock } from "../../../clock/clock.ts";
import { VirtualClock } from "../../../clock/virtual-clock.ts";
import { type FcOptions, type FcService, startFc } from "../../../fc/index.ts";
import { type MnsService, startMns } from "../../../mns/index.ts";
import {
	type FunctionDefinition,
	readStack,
	type Stack,
	type Trigger,
} from "../../../stack/index.ts";

export const FIXTURES = fileURLToPath(new URL(".", import.meta.url));

export const account = new Account("1234567890123456", "cn-shanghai", {
	accessKeyId: "LTAI-fixture",
	accessKeySecret: "the secret of the fixture",
});

/** What of @alicloud/fc2 the tests use; it comes without types. */
export interface Fc2Client {
	version: string;
	accessKeySecret: string;
	invokeFunction(
		service: string,
		name: string,
		event: string | Buffer,
		headers?: Record<string, string>,
		qualifier?: string,
		options?: { rawBuf?: boolean },
	): Promise<Fc2Answer>;
	post(
		path: string,
		body: string | Buffer | null,
		headers?: Record<string, string>,
		queries?: Record<string, string>,
	): Promise<Fc2Answer>;
	get(path: string, query?: Record<string, string>): Promise<Fc2Answer>;
}

interface Fc2Answer {
	readonly headers: Readonly<Record<string, string>>;
	readonly data: unknown;
}

const require = createRequire(import.meta.url);

const Fc2 = require("@alicloud/fc2") as new (
	accountId: string,
	config: Record<string, unknown>,
) => Fc2Client;

export function fc2Client(endpoint: string, keys: Credentials = account.root): Fc2Client {
	return new Fc2(account.accountId, {
		accessKeyID: keys.accessKeyId,
		accessKeySecret: keys.accessKeySecret,
		securityToken: keys.securityToken,
		region: account.region,
		endpoint,
	});
}

/** Loaded as Node loads CommonJS; a test runner's import would unwrap `default`. */
export const fc3 = require("@alicloud/fc20230330") as typeof import("@alicloud/fc20230330");
const { Config } = require("@alicloud/openapi-client") as typeof import("@alicloud/openapi-client");

export function fc3Client(
	endpoint: string,
	keys: Credentials = account.root,
): InstanceType<typeof fc3.default> {
	return new fc3.default(
		new Config({
			accessKeyId: keys.accessKeyId,
			accessKeySecret: keys.accessKeySecret,
			...(keys.securityToken ? { securityToken: keys.securityToken, type: "sts" } : {}),
			endpoint: endpoint.replace("http://", ""),
			protocol: "http",
			regionId: account.region,
		}) as unknown as ConstructorParameters<typeof fc3.default>[0],
	);
}

export interface Running {
	readonly fc: FcService;
	readonly mns: MnsService;
	readonly dir: string;
	readonly client: Fc2Client;
	readonly logs: string[];
	/** Ends the services; the data folder stays. */
	stop(): Promise<void>;
	/** Ends the services and removes the data folder. */
	close(): Promise<void>;
}

export const RUNTIMES = ["nodejs20", "custom"] as const;

export type RuntimeUnderTest = (typeof RUNTIMES)[number];

/** A function of the built-in runtime, its handler behind a server of its own. */
function served(definition: FunctionDefinition): FunctionDefinition {
	if (definition.custom) return definition;
	const command = ["node", join(FIXTURES, "functions", "serve-handler.js")] as const;
	return { ...definition, runtime: "custom.debian10", custom: { command, port: 9_000 } };
}

function fixtureStack(env: Record<string, string>, file = "s.yaml"): Stack {
	const sources = { env, accountId: account.accountId, region: account.region };
	return readStack(join(FIXTURES, file), sources);
}

export async function startFixture(
	options: {
		readonly clock?: Clock;
		readonly dir?: string;
		readonly random?: () => number;
		readonly fc?: Partial<FcOptions>;
		/** The functions to have; all of the fixture unless named. */
		readonly only?: readonly string[];
		/** Runs the same handlers in that runtime; `custom` serves them over HTTP. */
		readonly runtime?: RuntimeUnderTest;
		/** Makes of every function another one. */
		readonly adapt?: (definition: FunctionDefinition) => FunctionDefinition;
		/** Makes of every trigger another one. */
		readonly trigger?: (trigger: Trigger) => Trigger;
	} = {},
): Promise<Running> {
	const dir = options.dir ?? mkdtempSync(join(tmpdir(), "thingcast-fc-"));
	const logs: string[] = [];
	const context = {
		dataDir: dir,
		port: 0,
		clock: options.clock ?? systemClock,
		random: options.random ?? (() => 0.5),
		account,
		log: (line: string) => {
			logs.push(line);
		},
	};
	const env = {
		NOTES: join(dir, "notes"),
		STOP_FILE: join(dir, "stops"),
		TIMER_FILE: join(dir, "timers"),
		BATCH_FILE: join(dir, "batches"),
	};
	const stack = fixtureStack(env);
	const functions = stack.functions
		.filter(({ functionName }) => options.only?.includes(functionName) ?? true)
		.map(options.adapt ?? ((definition) => definition))
		.map((definition) => ({
			...(options.runtime === "custom" ? served(definition) : definition),
			triggers: definition.triggers.map(options.trigger ?? ((trigger) => trigger)),
		}));
	const mns = await startMns(context);
	const fc = await startFc(context, {
		stack: { ...stack, functions },
		projectDir: FIXTURES,
		httpPort: 0,
		queues: mns.queues,
		...options.fc,
	});
	const stop = async () => {
		await fc.close();
		await mns.close();
	};
	return {
		fc,
		mns,
		dir,
		client: fc2Client(fc.url),
		logs,
		stop,
		close: async () => {
			await stop();
			rmSync(dir, { recursive: true, force: true });
		},
	};
}

/** kill -9 of the one instance that there is. @returns its process id. */
export function killInstance(fc: FcService): number {
	const [instance, ...others] = fc.instances();
	// Without an id the signal would reach the tests themselves.
	if (!instance?.pid || others.length > 0) throw new Error("there is not exactly one instance");
	process.kill(instance.pid, "SIGKILL");
	return instance.pid;
}

/** A clock for services with processes: it moves on only when these have come to rest. */
export function virtualClock(): { clock: VirtualClock; follow: (fc: FcService) => void } {
	let followed: FcService | undefined;
	const clock = new VirtualClock(undefined, async () => followed?.settle());
	return {
		clock,
		follow: (fc) => {
			followed = fc;
		},
	};
}

/** Resolves as soon as `probe` gives something; it watches real processes, so in real time. */
export async function eventually<T>(
	probe: () => T | undefined | false | Promise<T | undefined | false>,
	limitMs = 10_000,
): Promise<T> {
	const until = systemClock.now() + limitMs;
	for (;;) {
		const found = await probe();
		// A file that was created a moment ago is still empty: no process id, and 0 would be the tests' own group.
		if (found !== undefined && found !== false && found !== "") return found;
		if (systemClock.now() > until) throw new Error(`not within ${limitMs} ms: ${probe}`);
		await systemClock.sleep(5);
	}
}
