import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { THROTTLE_MODELS, type ThrottleModel } from "../iot/index.ts";

export interface Options {
	readonly stack: string;
	readonly port: number;
	readonly data: string;
	readonly devices: number;
	readonly quota: number;
	readonly throttle: ThrottleModel;
	readonly virtual: boolean;
	readonly help: boolean;
}

/** What `--help` says after its first lines. */
export const OPTIONS_HELP = `\
  --port N      first of seven ports in a row (default 9000; 0 takes free ones)
  --data DIR    where everything is kept (default .local)
  --devices N   simulated devices (default 3)
  --quota N     calls of InvokeThingService a second (default 500)
  --throttle M  how calls are limited: token-bucket (default) or fixed-window
  --virtual     time stands still until the admin address is told to move it
  --help        this text
`;

/** @throws Error that names the option that is wrong. */
export function readOptions(args: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...args],
		options: {
			stack: { type: "string", default: "s.yaml" },
			port: { type: "string", default: "9000" },
			data: { type: "string", default: ".local" },
			devices: { type: "string", default: "3" },
			quota: { type: "string", default: "500" },
			throttle: { type: "string", default: "token-bucket" },
			virtual: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	return {
		stack: resolve(values.stack),
		port: wholeNumber("port", values.port, 0, 65_529),
		data: resolve(values.data),
		devices: wholeNumber("devices", values.devices, 1, 10_000),
		quota: wholeNumber("quota", values.quota, 1, 1_000_000),
		throttle: throttleModel(values.throttle),
		virtual: values.virtual,
		help: values.help,
	};
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < min || value > max) {
		throw new Error(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
	}
	return value;
}

function throttleModel(text: string): ThrottleModel {
	const found = THROTTLE_MODELS.find((model) => model === text);
	if (found) return found;
	throw new Error(`--throttle must be ${THROTTLE_MODELS.join(" or ")}, not "${text}"`);
}
