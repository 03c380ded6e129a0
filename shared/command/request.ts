import {
	type ExactJson,
	type ExactObject,
	isExactObject,
	parseExact,
	stringifyExact,
	toPlain,
} from "../json/exact.ts";
import * as z from "../zod.ts";
import { type CommandRequest, LANES } from "./command.ts";

/** A place in the body (RFC 6901) and what is wrong there. */
export interface FieldError {
	readonly pointer: string;
	readonly detail: string;
}

export type Parsed<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly errors: readonly FieldError[] };

/** MNS takes 64 KB a message, and the same command may come either way. */
export const MAX_BODY_BYTES = 64 * 1024;
const MAX_EXPIRES_IN_SECONDS = 30 * 86_400;
const MAX_REPLY_TIMEOUT_SECONDS = 86_400;
export const MAX_IDEMPOTENCY_KEY_LENGTH = 128;

/** UTF-8 has no bytes for it, so neither a request nor a key of the table store can carry it. */
const HALF = "half of a surrogate pair";

/** Names are kept in keys, where the slash separates them and the table store has 1 KB for all. */
const name = (what: string, max: number) =>
	z
		.string()
		.check(
			z.minLength(1, `${what} must not be empty`),
			z.maxLength(max, `${what} has at most ${max} characters`),
			z.regex(
				/^[^/\s\p{Cc}\p{Cs}]*$/u,
				`${what} must not contain spaces, slashes, control characters or ${HALF}`,
			),
		);

export const iotIdSchema = name("iotId", 64);
export const productKeySchema = name("productKey", 64);
export const deviceNameSchema = name("deviceName", 64);

export const deviceSchema = z
	.strictObject({
		iotId: z.optional(iotIdSchema),
		productKey: z.optional(productKeySchema),
		deviceName: z.optional(deviceNameSchema),
	})
	.check(
		z.refine((device) => device.iotId || (device.productKey && device.deviceName), {
			message: "name the device by iotId, or by productKey and deviceName together",
		}),
	);

export const idempotencyKeySchema = z
	.string()
	.check(
		z.minLength(1),
		z.maxLength(MAX_IDEMPOTENCY_KEY_LENGTH, `at most ${MAX_IDEMPOTENCY_KEY_LENGTH} characters`),
		z.regex(/^\P{Cs}*$/u, `must not contain ${HALF}`),
	);

/** Everything of `POST /v1/commands` but `args`, which must keep its digits. */
export const commandFields = z.strictObject({
	device: deviceSchema,
	service: name("service", 128).check(z.describe("Identifier of the service, or module:service")),
	expiresIn: z._default(z.int().check(z.minimum(1), z.maximum(MAX_EXPIRES_IN_SECONDS)), 3600),
	replyTimeout: z._default(z.int().check(z.minimum(0), z.maximum(MAX_REPLY_TIMEOUT_SECONDS)), 60),
	onUnknown: z._default(z.enum(["report", "resend"]), "report"),
	whenOffline: z._default(z.enum(["fail", "wait"]), "fail"),
	lane: z._default(z.enum(LANES), "interactive"),
	qos: z._default(z.union([z.literal(0), z.literal(1)]), 0),
	order: z
		.exactOptional(z.enum(["device"]))
		.check(z.describe("Not sent before the device's earlier command that asks for it has ended")),
});

const queueFields = z.extend(commandFields, { idempotencyKey: z.optional(idempotencyKeySchema) });

/** Reads the body of `POST /v1/commands`. */
export function parseCommandRequest(body: ExactJson): Parsed<CommandRequest> {
	const read = parseWith(commandFields, body);
	return read.ok ? { ok: true, value: toRequest(read.value.fields, read.value.args) } : read;
}

/** Reads a command from a queue or a timer: the same body, with an optional `idempotencyKey`. */
export function parseQueuedCommand(
	body: ExactJson,
): Parsed<{ request: CommandRequest; idempotencyKey?: string }> {
	const read = parseWith(queueFields, body);
	if (!read.ok) return read;
	const { idempotencyKey, ...fields } = read.value.fields;
	const request = toRequest(fields, read.value.args);
	return {
		ok: true,
		value: idempotencyKey === undefined ? { request } : { request, idempotencyKey },
	};
}

type Args = Pick<CommandRequest, "args" | "argsForm">;

function toRequest(fields: z.infer<typeof commandFields>, args: Args): CommandRequest {
	return { ...fields, ...args, device: toDevice(fields.device) };
}

/** Without the fields that are there and undefined. */
export function toDevice({ iotId, productKey, deviceName }: z.infer<typeof deviceSchema>) {
	return {
		...(iotId === undefined ? {} : { iotId }),
		...(productKey === undefined ? {} : { productKey }),
		...(deviceName === undefined ? {} : { deviceName }),
	};
}

/** Fields by the schema, and `args` beside them. */
export function parseWith<T>(
	schema: z.ZodMiniType<T>,
	body: ExactJson,
): Parsed<{ readonly fields: T; readonly args: Args }> {
	if (!isExactObject(body)) {
		return { ok: false, errors: [{ pointer: "", detail: "must be a JSON object" }] };
	}
	const { args, ...rest } = body;
	const parsedArgs = parseArgs(args);
	const parsedFields = schema.safeParse(toPlain(rest));
	const errors = [
		...(parsedFields.success ? [] : parsedFields.error.issues.flatMap(fieldErrors)),
		...(parsedArgs.ok ? [] : parsedArgs.errors),
	];
	if (!parsedFields.success || !parsedArgs.ok) return { ok: false, errors };
	return { ok: true, value: { fields: parsedFields.data, args: parsedArgs.value } };
}

function parseArgs(args: ExactJson | undefined): Parsed<Args> {
	const refuse = (detail: string): Parsed<Args> => ({
		ok: false,
		errors: [{ pointer: "/args", detail }],
	});
	// "If this parameter is empty, pass Args={}" (InvokeThingService, request parameter Args).
	if (args === undefined || args === null || args === "") {
		return { ok: true, value: { args: "{}", argsForm: "json" } };
	}
	if (typeof args === "string") {
		// Sent as it is. In an object such a character is written as an escape, which any text can carry.
		if (/\p{Cs}/u.test(args)) return refuse(`must not contain ${HALF}`);
		let parsed: ExactJson;
		try {
			parsed = parseExact(args);
		} catch (error) {
			return refuse(`is a string that is not JSON: ${(error as Error).message}`);
		}
		if (!isExactObject(parsed)) return refuse("as a string must be the text of a JSON object");
		return { ok: true, value: { args, argsForm: "text" } };
	}
	if (!isExactObject(args)) return refuse("must be a JSON object, or the text of one");
	return { ok: true, value: { args: stringifyExact(args as ExactObject), argsForm: "json" } };
}

/** One error a field, with its JSON pointer; unknown fields are named one by one. */
export function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
	const pointer = toPointer(issue.path);
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => ({
			pointer: `${pointer}${toPointer([key])}`,
			detail: "is not a field of this object",
		}));
	}
	const missing = issue.code === "invalid_type" && issue.input === undefined;
	const detail = missing && issue.message.endsWith("undefined") ? "is required" : issue.message;
	return [{ pointer, detail }];
}

function toPointer(path: readonly PropertyKey[]): string {
	return path.map((part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}
