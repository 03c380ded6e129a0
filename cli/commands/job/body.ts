import { InvalidArgumentError } from "commander";
import type { DeviceRef, State, Wave } from "../../../client/src/index.ts";
import type { Io } from "../../io.ts";
import { readText } from "../../options.ts";
import { UsageError } from "../../problems.ts";
import { type TemplateOptions, templateText } from "../../words/target.ts";

export interface JobOptions extends TemplateOptions {
	readonly name?: string;
	readonly devices?: string;
	readonly product?: string;
	readonly group?: string;
	readonly query?: string;
	readonly fromJob?: string;
	readonly states?: State[];
	readonly wave: Wave[];
	readonly approve?: boolean;
	readonly soak?: number;
	readonly rate?: number;
	readonly stopAt?: number;
	readonly stopMinimum?: number;
	readonly startAt?: string;
	readonly endAt?: string;
}

/** What `--from-job` repeats, and `--stop-at` counts. */
const RETRIED: readonly State[] = ["failed", "timed_out"];
const COUNTED: readonly State[] = ["failed", "timed_out", "unknown", "expired"];
const STOP_MINIMUM = 20;

/** The job that the options describe, as JSON text. @throws UsageError */
export function jobText(io: Pick<Io, "readInput">, options: JobOptions): string {
	const { name, wave, approve, soak, rate, stopAt, startAt, endAt } = options;
	const fields = {
		name,
		targets: targetsOf(io, options),
		...(wave.length > 0 ? { waves: wave } : {}),
		...(approve ? { advance: "approve" } : {}),
		soakSeconds: soak,
		...(rate === undefined ? {} : { rate: { perSecond: rate } }),
		...(stopAt === undefined ? {} : { stop: [stopRule(stopAt, options.stopMinimum)] }),
		startAt,
		endAt,
	};
	return `${JSON.stringify(fields).slice(0, -1)},"command":${templateText(io, options)}}`;
}

const stopRule = (percent: number, minimum = STOP_MINIMUM) => ({
	states: COUNTED,
	percent,
	minimum,
	// biome-ignore lint/suspicious/noThenProperty: the API's word, and no function.
	then: "pause",
});

function targetsOf(io: Pick<Io, "readInput">, options: JobOptions): object {
	const { devices, product, group, query, fromJob, states = RETRIED } = options;
	const given = [devices, group, query, fromJob].filter((one) => one !== undefined).length;
	if (given !== 1) {
		throw new UsageError(
			"say once which devices",
			"give one of --devices, --group, --query and --from-job",
		);
	}
	if (group !== undefined) return { group };
	if (query !== undefined) return { query };
	if (fromJob !== undefined) return { job: fromJob, states };
	return { devices: readDevices(readText(io, devices ?? "-"), devices ?? "-", product) };
}

/** A JSON list, or a line a device: `product,device`, `product/device`, or only a name. @throws UsageError */
export function readDevices(text: string, file: string, product: string | undefined): DeviceRef[] {
	if (text.trimStart().startsWith("[")) return JSON.parse(text) as DeviceRef[];
	const lines = text.split("\n").map((line) => line.trim());
	return lines.flatMap((line, index) => {
		if (line === "" || line.startsWith("#")) return [];
		const parts = line.split(/\s*[,/]\s*/);
		const [productKey, deviceName] = parts.length === 1 ? [product, parts[0]] : parts;
		if (productKey && deviceName && parts.length <= 2) return [{ productKey, deviceName }];
		throw new UsageError(
			`${file}, line ${index + 1}: "${line}" names no device`,
			"write product key, comma, device name; with --product the device name alone",
		);
	});
}

/** `10` or `10%`, added to those before. */
export function wave(text: string, before: Wave[]): Wave[] {
	const [, digits, percent] = /^(\d+(?:\.\d+)?)(%)?$/.exec(text) ?? [];
	if (digits === undefined) throw new InvalidArgumentError("10 is ten devices, 10% a tenth.");
	const size = Number(digits);
	return [...before, percent ? { percent: size } : { count: size }];
}
