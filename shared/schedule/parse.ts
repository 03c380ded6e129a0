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
import { type ExactJson, isExactObject, toPlain } from "../json/exact.ts";
import * as z from "../zod.ts";
import { wallTime } from "./cron.ts";
import { type Definition, OVERLAPS, type When } from "./schedule.ts";
import { defaultDst, parseWhen } from "./when.ts";

/** Each is a command of its own a run; for more there are jobs. */
const MAX_DEVICES = 100;
const MAX_NAME_LENGTH = 128;
/** An hour is the longest that an asynchronous invocation may be delayed. */
const MAX_JITTER_SECONDS = 3_500;
const MAX_WITHIN_SECONDS = 7 * 86_400;

const instant = z.pipe(
	z.iso.datetime({
		offset: true,
		error: "must be a time with its offset, such as 2026-12-01T07:00:00Z",
	}),
	z.transform((text) => Date.parse(text)),
);

/** Everything of a schedule's body but `when` and `command`, which are read on their own. */
const outerFields = z
	.strictObject({
		name: z.optional(z.string().check(z.maxLength(MAX_NAME_LENGTH))),
		startAt: z.optional(instant),
		endAt: z.optional(instant),
		maxRuns: z.optional(z.int().check(z.minimum(1), z.maximum(1_000_000_000))),
		dst: z._default(
			z.strictObject({
				gap: z.optional(z.enum(["skip", "shift"])),
				twice: z.optional(z.enum(["first", "both"])),
			}),
			{},
		),
		missed: z._default(
			z.strictObject({
				within: z._default(z.int().check(z.minimum(0), z.maximum(MAX_WITHIN_SECONDS)), 3600),
				run: z._default(z.enum(["latest", "all", "none"]), "latest"),
			}),
			{ within: 3600, run: "latest" },
		),
		overlap: z._default(z.enum(OVERLAPS), "allow"),
		jitterSeconds: z._default(z.int().check(z.minimum(0), z.maximum(MAX_JITTER_SECONDS)), 0),
	})
	.check(
		z.refine(({ startAt, endAt }) => !(startAt && endAt) || startAt < endAt, {
			message: "must be later than startAt",
			path: ["endAt"],
		}),
	);

const template = z.extend(commandFields, {
	device: z.optional(deviceSchema),
	devices: z.optional(
		z
			.array(deviceSchema)
			.check(
				z.minLength(1, "name at least one device"),
				z.maxLength(MAX_DEVICES, `at most ${MAX_DEVICES} devices`),
			),
	),
});
const templateFields = template.check(
	z.refine(({ device, devices }) => (device === undefined) !== (devices === undefined), {
		message: "name the target by either device or devices",
	}),
);

/** The same for machines: `when` and `args` are added by whoever shows it. */
export const scheduleSchemas = { outer: outerFields, command: template };

/** Reads the body of `POST /v1/schedules`. Whether it ever fires is not looked at here. */
export function parseSchedule(body: ExactJson, now: number): Parsed<Definition> {
	if (!isExactObject(body)) {
		return { ok: false, errors: [{ pointer: "", detail: "must be a JSON object" }] };
	}
	const { when: whenBody, command: commandBody, ...rest } = body;
	const outer = outerFields.safeParse(toPlain(rest));
	const when = parseWhen(whenBody);
	const command = within("/command", parseCommand(commandBody));
	const errors = [
		...(when.ok ? [] : when.errors),
		...(command.ok ? [] : command.errors),
		...(outer.success ? [] : outer.error.issues.flatMap(fieldErrors)),
	];
	if (!outer.success || !when.ok || !command.ok) return { ok: false, errors };
	const far = tooFar(when.value, outer.data, now);
	if (far.length > 0) return { ok: false, errors: far };
	const { name, startAt, endAt, maxRuns, dst, ...policies } = outer.data;
	const usual = defaultDst(when.value);
	return {
		ok: true,
		value: {
			...policies,
			...command.value,
			when: when.value,
			dst: { gap: dst.gap ?? usual.gap, twice: dst.twice ?? usual.twice },
			...(name === undefined ? {} : { name }),
			...(startAt === undefined ? {} : { startAt }),
			...(endAt === undefined ? {} : { endAt }),
			...(maxRuns === undefined ? {} : { maxRuns }),
		},
	};
}

/** What lies so far ahead is a slip of the pen. */
const MAX_AHEAD_YEARS = 10;

function tooFar(
	when: When,
	{
		startAt,
		endAt,
	}: { readonly startAt?: number | undefined; readonly endAt?: number | undefined },
	now: number,
): FieldError[] {
	const limit = new Date(now);
	limit.setUTCFullYear(limit.getUTCFullYear() + MAX_AHEAD_YEARS);
	const times: Array<[string, number | undefined]> = [
		["/when/at", when.kind === "at" ? wallTime(when.at) : undefined],
		["/when/from", when.kind === "every" ? when.from : undefined],
		["/startAt", startAt],
		["/endAt", endAt],
	];
	return times.flatMap(([pointer, time]) =>
		time !== undefined && time > limit.getTime()
			? [{ pointer, detail: `is more than ${MAX_AHEAD_YEARS} years ahead` }]
			: [],
	);
}

function parseCommand(
	body: ExactJson | undefined,
): Parsed<Pick<Definition, "devices" | "command">> {
	if (body === undefined) {
		return { ok: false, errors: [{ pointer: "", detail: "is missing: say what to send" }] };
	}
	const read = parseWith(templateFields, body);
	if (!read.ok) return read;
	const { device, devices, ...fields } = read.value.fields;
	const targets = (devices ?? (device ? [device] : [])).map(toDevice);
	const keys = targets.map(deviceKey);
	const errors = keys.flatMap((key, index): FieldError[] =>
		keys.indexOf(key) < index
			? [{ pointer: `/devices/${index}`, detail: "is in the list already" }]
			: [],
	);
	if (errors.length > 0) return { ok: false, errors };
	return { ok: true, value: { devices: targets, command: { ...fields, ...read.value.args } } };
}

/** The same result for a part of a body: its pointers begin at `pointer`. */
function within<T>(pointer: string, parsed: Parsed<T>): Parsed<T> {
	if (parsed.ok) return parsed;
	const errors = parsed.errors.map((error) => ({ ...error, pointer: pointer + error.pointer }));
	return { ok: false, errors };
}
