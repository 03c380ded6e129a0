import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { DeviceRef } from "../../client/src/index.ts";
import { parseExact, stringifyExact } from "../../shared/json/exact.ts";
import type { Io } from "../io.ts";
import { seconds, textOrFile } from "../options.ts";
import { UsageError } from "../problems.ts";

export interface TargetOptions {
	readonly product?: string;
	readonly device?: string;
	readonly iotId?: string;
}

export interface TemplateOptions {
	readonly service?: string;
	readonly args?: string;
	readonly argsText?: string;
	readonly expiresIn?: number;
	readonly replyTimeout?: number;
	readonly onUnknown?: string;
	readonly whenOffline?: string;
	readonly lane?: string;
	readonly qos?: number;
}

export const addTarget = (command: Command): Command =>
	command
		.option("--product <key>", "product key of the device")
		.option("--device <name>", "name of the device")
		.option("--iot-id <id>", "the device, instead of product and name");

/** What is sent; the API has the defaults. */
export const addTemplate = (command: Command): Command =>
	command
		.option("--service <name>", "identifier of the service, or module:service")
		.option("--args <json>", "a JSON object; @file reads it from a file, - from stdin")
		.option("--args-text <json>", "the same, sent byte for byte")
		.option("--expires-in <time>", "not sent later than this (1h)", seconds)
		.option("--reply-timeout <time>", "how long to wait for the device's reply (60s)", seconds)
		.addOption(choice("--on-unknown <what>", "if its outcome is not known", ["report", "resend"]))
		.addOption(choice("--when-offline <what>", "if the device is offline", ["fail", "wait"]))
		.addOption(choice("--lane <lane>", "which goes first", ["interactive", "bulk"]))
		.option("--qos <n>", "MQTT quality of service, 0 or 1", qos);

const choice = (flags: string, description: string, choices: readonly string[]) =>
	new Option(flags, description).choices(choices);

function qos(text: string): number {
	if (text !== "0" && text !== "1") throw new InvalidArgumentError("0 or 1.");
	return Number(text);
}

export function deviceOf({ product, device, iotId }: TargetOptions): DeviceRef {
	if (iotId !== undefined) return { iotId };
	if (product !== undefined && device !== undefined) {
		return { productKey: product, deviceName: device };
	}
	throw new UsageError(
		"no device is named",
		"add --product <key> --device <name>, or --iot-id <id>",
	);
}

/**
 * The template, with `first` in front, as JSON text: the digits of `--args`
 * reach the API as they were typed. @throws UsageError
 */
export function templateText(
	io: Pick<Io, "readInput">,
	options: TemplateOptions,
	first: Readonly<Record<string, unknown>> = {},
): string {
	const { service, expiresIn, replyTimeout, onUnknown, whenOffline, lane, qos } = options;
	if (service === undefined) throw new UsageError("no service is named", "add --service <name>");
	const fields = { ...first, service, expiresIn, replyTimeout, onUnknown, whenOffline, lane, qos };
	const text = JSON.stringify(fields);
	const args = argsText(io, options);
	return args === undefined ? text : `${text.slice(0, -1)},"args":${args}}`;
}

function argsText(io: Pick<Io, "readInput">, options: TemplateOptions): string | undefined {
	const { args, argsText } = options;
	if (argsText !== undefined) return JSON.stringify(textOrFile(io, argsText));
	if (args === undefined) return undefined;
	const text = textOrFile(io, args);
	try {
		return stringifyExact(parseExact(text));
	} catch (error) {
		throw new UsageError(
			`--args is not JSON: ${(error as Error).message}`,
			`quote it for the shell: --args '{"level": 3}'`,
		);
	}
}
