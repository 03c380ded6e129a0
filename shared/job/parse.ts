import * as z from "zod";
import { deviceKey } from "../command/device.ts";
import {
	commandFields,
	deviceSchema,
	type FieldError,
	fieldErrors,
	type Parsed,
	parseWith,
	toDevice,
} from "../command/request.ts";
import { STATES } from "../command/state.ts";
import { isId } from "../ids.ts";
import { type ExactJson, isExactObject, toPlain } from "../json/exact.ts";
import { parseQuery, QueryError } from "../registry/query.ts";
import { cronTimes } from "../schedule/cron.ts";
import { findZone } from "../schedule/zone.ts";
import { argsErrors } from "./args.ts";
import type { JobDefinition, JobRate, TargetDevice } from "./job.ts";

const MAX_LISTED_DEVICES = 10_000;
const MAX_WAVES = 100;
const MAX_RULES = 20;
const MAX_NAME_LENGTH = 128;
const MAX_QUERY_LENGTH = 2_000;
const MAX_SOAK_SECONDS = 30 * 86_400;
const MAX_WINDOW_MINUTES = 7 * 24 * 60;
const MAX_RATE = 100_000;

const instant = z.iso
	.datetime({ offset: true, error: "must be a time with its offset, such as 2026-12-01T07:00:00Z" })
	.transform((text) => Date.parse(text));
const states = z.array(z.enum(STATES)).min(1, "name at least one state");
const perSecond = z.number().positive("must be greater than 0").max(MAX_RATE);

const targets = z.union([
	z.strictObject({
		devices: z
			.array(deviceSchema)
			.min(1, "name at least one device")
			.max(MAX_LISTED_DEVICES, `at most ${MAX_LISTED_DEVICES} devices; use a group or a query`),
	}),
	z.strictObject({ group: z.string().min(1).max(128) }),
	z.strictObject({
		query: z
			.string()
			.min(1)
			.max(MAX_QUERY_LENGTH)
			.superRefine((text, context) => {
				try {
					parseQuery(text);
				} catch (error) {
					if (!(error instanceof QueryError)) throw error;
					context.addIssue(error.message);
				}
			}),
	}),
	z.strictObject({ job: z.string().refine(isId, "is no id of a job"), states }),
]);

const percent = z.number().positive("must be greater than 0").max(100);
const judged = {
	advance: z.enum(["auto", "approve"]).exactOptional().describe("Instead of the job's own"),
	soakSeconds: z.int().min(0).max(MAX_SOAK_SECONDS).exactOptional(),
	succeeded: percent
		.exactOptional()
		.describe("Judged once so many percent of it have succeeded, not once all of it has ended"),
};
const wave = z.union([
	z.strictObject({ count: z.int().min(1), ...judged }),
	z.strictObject({ percent, ...judged }),
]);

const rate = z.union([
	z.strictObject({ perSecond }),
	z.strictObject({
		perSecond,
		factor: z.number().min(1).max(10),
		everySucceeded: z.int().min(1),
		max: perSecond,
	}),
]);

const stopRule = z.strictObject({
	states,
	percent: z.number().positive("must be greater than 0").max(100),
	minimum: z.int().min(1).default(1),
	// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
	then: z.enum(["pause", "cancel"]).default("pause"),
});

const window = z.strictObject({
	cron: z
		.string()
		.max(200)
		.superRefine((pattern, context) => {
			try {
				cronTimes(pattern);
			} catch (error) {
				context.addIssue((error as Error).message.replace(/^CronPattern: /, ""));
			}
		}),
	timeZone: z
		.string()
		.refine((name) => findZone(name) !== undefined, "is no IANA time zone, such as Asia/Shanghai"),
	minutes: z.int().min(1).max(MAX_WINDOW_MINUTES),
});

const outerFields = z
	.strictObject({
		name: z.string().max(MAX_NAME_LENGTH).optional(),
		membership: z.enum(["snapshot", "continuous"]).default("snapshot"),
		waves: z
			.array(wave)
			.min(1)
			.max(MAX_WAVES)
			.default([{ percent: 100 }]),
		advance: z.enum(["auto", "approve"]).default("auto"),
		soakSeconds: z.int().min(0).max(MAX_SOAK_SECONDS).default(0),
		rate: rate.optional(),
		stop: z.array(stopRule).max(MAX_RULES).default([]),
		window: window.optional(),
		startAt: instant.optional(),
		endAt: instant.optional(),
	})
	.refine(({ startAt, endAt }) => !(startAt && endAt) || startAt < endAt, {
		message: "must be later than startAt",
		path: ["endAt"],
	});

const templateFields = commandFields
	.omit({ device: true, lane: true })
	.extend({ lane: z.literal("bulk", "jobs send in the lane bulk").default("bulk") });

/** For machines: `args` is added by whoever shows it. */
export const jobSchemas = { outer: outerFields, targets, command: templateFields };

export interface ParsedJob {
	readonly definition: JobDefinition;
	/** Of `targets.devices`, each once. */
	readonly devices: readonly TargetDevice[];
}

/** Reads the body of `POST /v1/jobs`. */
export function parseJob(body: ExactJson): Parsed<ParsedJob> {
	if (!isExactObject(body)) {
		return { ok: false, errors: [{ pointer: "", detail: "must be a JSON object" }] };
	}
	const { targets: targetsBody, command: commandBody, ...rest } = body;
	const outer = outerFields.safeParse(toPlain(rest));
	const target = readTargets(targetsBody);
	const command = within("/command", parseWith(templateFields, commandBody ?? {}));
	const args = isExactObject(commandBody) ? commandBody["args"] : undefined;
	const errors = [
		...(target.ok ? [] : target.errors),
		...argsErrors(args).map((one) => ({ ...one, pointer: `/command/args${one.pointer}` })),
		...(command.ok ? [] : command.errors),
		...(outer.success ? [] : outer.error.issues.flatMap(fieldErrors)),
	];
	if (!outer.success || !target.ok || !command.ok || errors.length > 0)
		return { ok: false, errors };
	const { rate: given, ...fields } = outer.data;
	const definition = {
		...present(fields),
		...(given ? { rate: toRate(given) } : {}),
		targets: target.value.targets,
		command: { ...command.value.fields, ...command.value.args },
	};
	return { ok: true, value: { definition, devices: target.value.devices } };
}

interface ReadTargets {
	readonly targets: JobDefinition["targets"];
	readonly devices: readonly TargetDevice[];
}

function readTargets(body: ExactJson | undefined): Parsed<ReadTargets> {
	if (!isExactObject(body)) {
		return {
			ok: false,
			errors: [{ pointer: "/targets", detail: "is missing: say which devices" }],
		};
	}
	// By the field that is there, so that its errors are told and not those of the other kinds.
	const kind = targets.options.find(({ shape }) => Object.keys(shape)[0] === Object.keys(body)[0]);
	const read = (kind ?? targets).safeParse(toPlain(body));
	if (!read.success) {
		return within("/targets", { ok: false, errors: read.error.issues.flatMap(fieldErrors) });
	}
	const value = read.data as z.infer<typeof targets>;
	if (!("devices" in value)) return { ok: true, value: { targets: kindOf(value), devices: [] } };
	const byKey = new Map(value.devices.map(toDevice).map((device) => [deviceKey(device), device]));
	const devices = [...byKey.values()];
	return { ok: true, value: { targets: { kind: "devices", count: devices.length }, devices } };
}

function kindOf(
	value: Exclude<z.infer<typeof targets>, { devices: unknown }>,
): JobDefinition["targets"] {
	if ("group" in value) return { kind: "group", ...value };
	if ("query" in value) return { kind: "query", ...value };
	return { kind: "job", ...value };
}

function toRate(given: z.infer<typeof rate>): JobRate {
	const { perSecond, ...growth } = given;
	return "factor" in growth ? { perSecond, growth } : { perSecond };
}

/** The same result for a part of a body: its pointers begin at `pointer`. */
function within<T>(pointer: string, parsed: Parsed<T>): Parsed<T> {
	if (parsed.ok) return parsed;
	const errors = parsed.errors.map(
		(error): FieldError => ({ ...error, pointer: pointer + error.pointer }),
	);
	return { ok: false, errors };
}

/** Without the fields that are there and undefined. */
function present<T extends object>(fields: T) {
	const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
	return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
