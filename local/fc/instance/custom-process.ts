import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionDefinition } from "../../stack/index.ts";

const PRELOAD = fileURLToPath(new URL("../preload/preload.cjs", import.meta.url));

/** Where the images of custom runtimes keep Node 20; here it is the Node that runs the local cloud. */
const CLOUD_NODE = "/var/fc/lang/nodejs20/bin";

/** Share of an instance's memory that V8 may use for objects; buffers, code and stacks need the rest. */
const HEAP_SHARE = 0.8;

/** The program of a custom runtime and its arguments. */
export function customCommand(definition: FunctionDefinition): readonly [string, ...string[]] {
	const [program, ...args] = definition.custom?.command ?? ["./bootstrap"];
	const inImage = program.startsWith(`${CLOUD_NODE}/`);
	return [inImage ? join(localNode(), program.slice(CLOUD_NODE.length)) : program, ...args];
}

/**
 * The variables of a custom runtime's instance. The port is the instance's own,
 * since all instances share this machine: a program reads it from
 * `FC_SERVER_PORT`, as in the cloud. `FC_LOCAL` is for preload.cjs.
 */
export function customEnvironment(
	definition: FunctionDefinition,
	environment: Readonly<Record<string, string>>,
	port: number,
	time: {
		readonly now?: number;
		readonly seed?: number;
		readonly skewMs: number;
		readonly localPorts?: readonly number[];
	},
): Record<string, string> {
	const path = (environment["PATH"] ?? "")
		.split(delimiter)
		.map((part) => (part === CLOUD_NODE ? localNode() : part));
	return {
		...environment,
		PATH: path.join(delimiter),
		NODE_OPTIONS: nodeOptions(definition, environment["NODE_OPTIONS"]),
		FC_SERVER_PORT: String(port),
		FC_CUSTOM_LISTEN_PORT: String(port),
		FC_LOCAL: JSON.stringify({ port: definition.custom?.port, listenPort: port, ...time }),
	};
}

/** Other programs than Node do not see them. */
function nodeOptions(definition: FunctionDefinition, own: string | undefined): string {
	const heapMb = Math.floor(definition.memoryMb * HEAP_SHARE);
	// The vendors' SDKs still use what Node deprecates; it is not the function's author who can change that.
	const preload = `--require "${PRELOAD.replaceAll("\\", "\\\\")}"`;
	const memory = `--max-old-space-size=${heapMb}`;
	return [preload, memory, "--no-deprecation", ...(own ? [own] : [])].join(" ");
}

function localNode(): string {
	return dirname(process.execPath);
}
