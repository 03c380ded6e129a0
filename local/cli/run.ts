import { dirname } from "node:path";
import { systemClock } from "../clock/clock.ts";
import { keptTime } from "../clock/kept-time.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { type Cloud, type CloudOptions, startCloud } from "../cloud.ts";
import { EXAMPLE } from "./example.ts";
import { OPTIONS_HELP, type Options, readOptions } from "./options.ts";
import { runPrepare } from "./prepare.ts";
import { summary } from "./summary.ts";

/** What a project that starts the local cloud by a command of its own adds to it. */
export interface Project {
	/** As messages call it. */
	readonly name: string;
	/** The first lines of `--help`. */
	readonly help: string;
	/** Makes the code that s.yaml names. */
	readonly build?: (options: Options) => Promise<Built>;
	readonly cloud?: Pick<CloudOptions, "instance" | "queues" | "prepare" | "environment">;
	/** Lines of a shell that set what the project's own documents use, after HTTP, KEY, PK and ADMIN. */
	readonly exports?: readonly string[];
	/** Lines to type once it runs. */
	readonly examples?: (cloud: Cloud, options: Options) => readonly string[];
}

interface Built {
	/** Makes the code again after every change of its sources, until the returned function is called. */
	watch(): () => void;
}

/** Runs the local cloud as a command: until a signal ends it, or with an error and exit code 1. */
export async function run(args: readonly string[], project: Project): Promise<void> {
	try {
		const options = readOptions(args, process.env);
		if (options.help) console.log(`${project.help}\n\n${OPTIONS_HELP}`);
		else await start(options, project);
	} catch (error) {
		console.error(`${project.name} did not start: ${reason(error as StartError)}`);
		process.exit(1);
	}
}

async function start(options: Options, own: Project): Promise<void> {
	const project: Project = options.example ? { ...EXAMPLE, name: own.name, help: own.help } : own;
	const startedAt = performance.now();
	const code = await project.build?.(options);
	const builtAt = performance.now();
	const cloud = await startCloud({
		...project.cloud,
		projectDir: dirname(options.stack),
		stackFile: options.stack,
		dataDir: options.data,
		port: options.port,
		devices: options.devices,
		quotaPerSecond: options.platformQuota,
		throttle: options.throttle,
		platform: options.iot,
		...(options.script ? { script: options.script } : {}),
		watch: options.watch,
		inspect: options.inspect,
		prepare: async (services) => {
			await project.cloud?.prepare?.(services);
			if (options.prepare) await runPrepare(options.prepare, dirname(options.stack), services);
		},
		environment: (services) => ({
			QUOTA_PER_SECOND: String(options.quota),
			...project.cloud?.environment?.(services),
			...options.environment,
		}),
		log: (line) => console.log(line),
		...(options.account ? { account: options.account } : {}),
		...(options.virtual ? { clock: virtualClock(options.data) } : {}),
	});
	const endWatching = options.watch ? code?.watch() : undefined;
	const readyMs = Math.round(performance.now() - builtAt);
	const built = code ? `built in ${Math.round(builtAt - startedAt)} ms, ` : "";
	console.log(`${project.name} is running: ${built}ready in ${readyMs} ms`);
	const examples = project.examples?.(cloud, options) ?? [];
	const { exports = [] } = project;
	console.log(summary(cloud, { virtual: options.virtual, exports, examples }));
	stopBySignal(async () => {
		endWatching?.();
		await cloud.close();
	});
}

/** At the time that the data folder had reached: it must not go back. */
function virtualClock(dataDir: string): VirtualClock {
	return new VirtualClock(Math.max(systemClock.now(), keptTime(dataDir) ?? 0));
}

function stopBySignal(close: () => Promise<void>): void {
	let stopping = false;
	const stop = () => {
		// A second signal while stopping is the person being impatient.
		if (stopping) process.exit(1);
		stopping = true;
		close().then(() => process.exit(0));
	};
	process.on("SIGINT", stop);
	process.on("SIGTERM", stop);
}

type StartError = NodeJS.ErrnoException & { readonly port?: number };

function reason(error: StartError): string {
	if (error.code === "EADDRINUSE") {
		return `port ${error.port} is taken, perhaps by another local cloud: give --port N, or --port 0 for free ones`;
	}
	return error.code?.startsWith("ERR_PARSE_ARGS") ? `${error.message} (--help)` : error.message;
}
