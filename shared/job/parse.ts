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
import * as z from "../zod.ts";
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

const instant = z.pipe(
	z.iso.datetime({
		offset: true,
		error: "must be a time with its offset, such as 2026-12-01T07:00:00Z",
	}),
	z.transform((text) => Date.parse(text)),
);
const states = z.array(z.enum(STATES)).check(z.minLength(1, "name at least one state"));
const perSecond = z.number().check(z.positive("must be greater than 0"), z.maximum(MAX_RATE));

const targets = z.union([
	z.strictObject({
		devices: z
			.array(deviceSchema)
			.check(
				z.minLength(1, "name at least one device"),
				z.maxLength(
					MAX_LISTED_DEVICES,
					`at most ${MAX_LISTED_DEVICES} devices; use a group or a query`,
				),
			),
	}),
	z.strictObject({ group: z.string().check(z.minLength(1), z.maxLength(128)) }),
	z.strictObject({
		query: z.string().check(
			z.minLength(1),
			z.maxLength(MAX_QUERY_LENGTH),
			z.superRefine((text, context) => {
				try {
					parseQuery(text);
				} catch (error) {
					if (!(error instanceof QueryError)) throw error;
					context.addIssue(error.message);
				}
			}),
		),
	}),
	z.strictObject({ job: z.string().check(z.refine(isId, "is no id of a job")), states }),
]);

const percent = z.number().check(z.positive("must be greater than 0"), z.maximum(100));
const judged = {
	advance: z
		.exactOptional(z.enum(["auto", "approve"]))
		.check(z.describe("Instead of the job's own")),
	soakSeconds: z.exactOptional(z.int().check(z.minimum(0), z.maximum(MAX_SOAK_SECONDS))),
	succeeded: z
		.exactOptional(percent)
		.check(
			z.describe("Judged once so many percent of it have succeeded, not once all of it has ended"),
		),
};
const wave = z.union([
	z.strictObject({ count: z.int().check(z.minimum(1)), ...judged }),
	z.strictObject({ percent, ...judged }),
]);

const rate = z.union([
	z.strictObject({ perSecond }),
	z.strictObject({
		perSecond,
		factor: z.number().check(z.minimum(1), z.maximum(10)),
		everySucceeded: z.int().check(z.minimum(1)),
		max: perSecond,
	}),
]);

const stopRule = z.strictObject({
	states,
	percent: z.number().check(z.positive("must be greater than 0"), z.maximum(100)),
	minimum: z._default(z.int().check(z.minimum(1)), 1),
	// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
	then: z._default(z.enum(["pause", "cancel"]), "pause"),
});

const window = z.strictObject({
	cron: z.string().check(
		z.maxLength(200),
		z.superRefine((pattern, context) => {
			try {
				cronTimes(pattern);
			} catch (error) {
				context.addIssue((error as Error).message.replace(/^CronPattern: /, ""));
			}
		}),
	),
	timeZone: z
		.string()
		.check(
			z.refine(
				(name) => findZone(name) !== undefined,
				"is no IANA time zone, such as Asia/Shanghai",
			),
		),
	minutes: z.int().check(z.minimum(1), z.maximum(MAX_WINDOW_MINUTES)),
});

const outerFields = z
	.strictObject({
		name: z.optional(z.string().check(z.maxLength(MAX_NAME_LENGTH))),
		membership: z._default(z.enum(["snapshot", "continuous"]), "snapshot"),
		waves: z._default(z.array(wave).check(z.minLength(1), z.maxLength(MAX_WAVES)), [
			{ percent: 100 },
		]),
		advance: z._default(z.enum(["auto", "approve"]), "auto"),
		soakSeconds: z._default(z.int().check(z.minimum(0), z.maximum(MAX_SOAK_SECONDS)), 0),
		rate: z.optional(rate),
		stop: z._default(z.array(stopRule).check(z.maxLength(MAX_RULES)), []),
		window: z.optional(window),
		startAt: z.optional(instant),
		endAt: z.optional(instant),
	})
	.check(
		z.refine(({ startAt, endAt }) => !(startAt && endAt) || startAt < endAt, {
			message: "must be later than startAt",
			path: ["endAt"],
		}),
	);

const templateFields = z.extend(z.omit(commandFields, { device: true, lane: true }), {
	lane: z._default(z.literal("bulk", "jobs send in the lane bulk"), "bulk"),
});

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
	const kind = targets.def.options.find(
		({ shape }) => Object.keys(shape)[0] === Object.keys(body)[0],
	);
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
