/** `npm start`: builds the bundles and runs them in the local cloud until it is told to stop. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../shared/clock.ts";
import { build } from "../tools/build.ts";
import { keptTime } from "./clock/kept-time.ts";
import { VirtualClock } from "./clock/virtual-clock.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { THROTTLE_MODELS, type ThrottleModel } from "./iot/index.ts";

const HELP = `npm start -- [options]

Runs the functions of s.yaml on this machine, against a local Function Compute,
IoT Platform, MNS and Tablestore that speak the real wire protocols.

  --port N      first of seven ports in a row (default 9000; 0 takes free ones)
  --data DIR    where everything is kept (default .local)
  --devices N   simulated devices (default 3)
  --quota N     calls of InvokeThingService a second (default 500)
  --throttle M  how calls are limited: token-bucket (default) or fixed-window
  --virtual     time stands still until the admin address is told to move it
  --help        this text
`;

interface Options {
	readonly port: number;
	readonly data: string;
	readonly devices: number;
	readonly quota: number;
	readonly throttle: ThrottleModel;
	readonly virtual: boolean;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			port: { type: "string", default: "9000" },
			data: { type: "string", default: ".local" },
			devices: { type: "string", default: "3" },
			quota: { type: "string", default: "500" },
			throttle: { type: "string", default: "token-bucket" },
			virtual: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		process.exit(0);
	}
	const whole = (name: "port" | "devices" | "quota", min: number, max: number): number => {
		const value = Number(values[name]);
		if (!Number.isInteger(value) || value < min || value > max) {
			throw new Error(
				`--${name} must be a whole number from ${min} to ${max}, not "${values[name]}"`,
			);
		}
		return value;
	};
	return {
		port: whole("port", 0, 65_529),
		data: resolve(values.data),
		devices: whole("devices", 1, 10_000),
		quota: whole("quota", 1, 1_000_000),
		throttle: throttleModel(values.throttle),
		virtual: values.virtual,
	};
}

function throttleModel(value: string): ThrottleModel {
	const found = THROTTLE_MODELS.find((model) => model === value);
	if (found) return found;
	throw new Error(`--throttle must be ${THROTTLE_MODELS.join(" or ")}, not "${value}"`);
}

function table(cloud: Cloud, virtual: boolean): string {
	const { endpoints } = cloud;
	const rows = (["http", "iot", "fc", "mns", "tablestore", "mqtt", "admin"] as const).map(
		(name) => `  ${name.padEnd(12)}${endpoints[name]}`,
	);
	const device = endpoints.devices[0];
	return [
		...rows,
		`  devices     ${endpoints.devices
			.map(({ deviceName }) => deviceName)
			.slice(0, 5)
			.join(", ")} of product ${device?.productKey}`,
		`  keys and all addresses: ${cloud.endpointsFile}`,
		"",
		"Try:",
		`  curl ${endpoints.http}/v1/commands -H "Authorization: Bearer ${endpoints.apiKey}" ${virtual ? "" : '-H "Prefer: wait=10" '}\\`,
		`    -d '{"device":{"productKey":"${device?.productKey}","deviceName":"${device?.deviceName}"},"service":"Get"}'`,
		"",
		...(virtual
			? [
					"Time stands still. To move it on by a minute, for instance:",
					`  curl ${endpoints.admin}/clock/advance -d '{"ms":60000}'`,
				]
			: [`To let something go wrong on purpose: curl ${endpoints.admin}`]),
		"",
		"Ctrl+C stops it; what it has accepted is there again at the next start.",
	].join("\n");
}

async function main(): Promise<void> {
	const options = readOptions();
	const projectDir = process.cwd();
	const startedAt = performance.now();
	await build();
	const builtAt = performance.now();
	const start = Math.max(systemClock.now(), keptTime(options.data) ?? 0);
	const cloud = await startCloud({
		projectDir,
		dataDir: options.data,
		port: options.port,
		devices: options.devices,
		quotaPerSecond: options.quota,
		throttle: options.throttle,
		log: (line) => console.log(line),
		...(options.virtual ? { clock: new VirtualClock(start) } : {}),
	});
	const [buildMs, readyMs] = [builtAt - startedAt, performance.now() - builtAt].map(Math.round);
	console.log(`thingcast is running: built in ${buildMs} ms, ready in ${readyMs} ms`);
	console.log(table(cloud, options.virtual));
	let stopping = false;
	const stop = () => {
		// A second signal while stopping is the person being impatient.
		if (stopping) process.exit(1);
		stopping = true;
		cloud.close().then(() => process.exit(0));
	};
	process.on("SIGINT", stop);
	process.on("SIGTERM", stop);
}

main().catch((error: NodeJS.ErrnoException & { port?: number }) => {
	const why =
		error.code === "EADDRINUSE"
			? `port ${error.port} is taken, perhaps by another local cloud: give --port N, or --port 0 for free ones`
			: error.message;
	console.error(`thingcast did not start: ${why}`);
	process.exit(1);
});
