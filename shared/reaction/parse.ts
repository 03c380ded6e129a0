import {
	commandFields,
	deviceNameSchema,
	type FieldError,
	fieldErrors,
	iotIdSchema,
	type Parsed,
	parseCommandRequest,
	productKeySchema,
} from "../command/request.ts";
import { type ExactJson, type ExactObject, isExactObject, toPlain } from "../json/exact.ts";
import * as z from "../zod.ts";
import { Expression, ExpressionError, namesOf } from "./expression.ts";
import { type EventSource, type ReactionDefinition, SOURCES } from "./reaction.ts";
import { compileTemplate, holdsExpression, templateText } from "./template.ts";

const MAX_NAME_LENGTH = 128;
const MAX_IDENTIFIER_LENGTH = 128;
const MAX_COOLDOWN_SECONDS = 30 * 86_400;

/** Everything of a reaction's body but `do`. */
export const reactionFields = z.strictObject({
	name: z.optional(z.string().check(z.maxLength(MAX_NAME_LENGTH))),
	enabled: z._default(z.boolean(), true),
	when: z.strictObject({
		source: z.enum(SOURCES),
		productKey: z.optional(productKeySchema),
		deviceName: z.optional(deviceNameSchema),
		iotId: z.optional(iotIdSchema),
		identifier: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_IDENTIFIER_LENGTH))),
		condition: z.optional(z.string()).check(z.describe("CEL over the event: true or false")),
	}),
	cooldownSeconds: z._default(z.int().check(z.minimum(0), z.maximum(MAX_COOLDOWN_SECONDS)), 0),
	maxDepth: z._default(z.int().check(z.minimum(1), z.maximum(100)), 5),
	loopWindowSeconds: z._default(z.int().check(z.minimum(1), z.maximum(3_600)), 10),
});

/** Reads the body of `POST /v1/reactions`. */
export function parseReaction(body: ExactJson): Parsed<ReactionDefinition> {
	if (!isExactObject(body)) {
		return { ok: false, errors: [{ pointer: "", detail: "must be a JSON object" }] };
	}
	const { do: template, ...rest } = body;
	const fields = reactionFields.safeParse(toPlain(rest));
	const source = sourceOf(rest["when"]);
	const errors = [
		...(fields.success ? [] : fields.error.issues.flatMap(fieldErrors)),
		...conditionErrors(rest["when"], source),
		...templateErrors(template, source),
	];
	if (!fields.success || errors.length > 0) return { ok: false, errors };
	const { name, when, ...others } = fields.data;
	const { source: which, ...filters } = when;
	return {
		ok: true,
		value: {
			...others,
			...(name === undefined ? {} : { name }),
			when: { source: which, ...defined(filters) },
			command: templateText(template ?? null),
		},
	};
}

/** The source that decides which names there are; undefined where it is itself wrong. */
function sourceOf(when: ExactJson | undefined): EventSource | undefined {
	return isExactObject(when) ? SOURCES.find((source) => source === when["source"]) : undefined;
}

function conditionErrors(
	when: ExactJson | undefined,
	source: EventSource | undefined,
): FieldError[] {
	const condition = isExactObject(when) ? when["condition"] : undefined;
	if (typeof condition !== "string") return [];
	try {
		new Expression(condition, namesOf(source));
		return [];
	} catch (error) {
		if (!(error instanceof ExpressionError)) throw error;
		return [{ pointer: "/when/condition", detail: error.message }];
	}
}

/** What is wrong with the template already now, before there is an event. */
function templateErrors(
	template: ExactJson | undefined,
	source: EventSource | undefined,
): FieldError[] {
	if (template === undefined) return [{ pointer: "/do", detail: "is missing: say what to send" }];
	if (!isExactObject(template)) {
		return [{ pointer: "/do", detail: "must be a command, as in POST /v1/commands" }];
	}
	const compiled = compileTemplate(template, namesOf(source));
	if (!compiled.ok) {
		return compiled.errors.map(({ pointer, error }) => ({
			pointer: `/do${pointer}`,
			detail: error.message,
		}));
	}
	return literalErrors(template);
}

/** Fields without an expression are checked as they are; in place of the others stands something that is right. */
function literalErrors(template: ExactObject): FieldError[] {
	const stand: ExactObject = { device: { iotId: "x" }, service: "x" };
	const literal = Object.entries(template).filter(
		([name, value]) => !(holdsExpression(value) && Object.hasOwn(KNOWN, name)),
	);
	const parsed = parseCommandRequest({ ...stand, ...Object.fromEntries(literal) });
	const missing =
		"service" in template
			? []
			: [{ pointer: "/do/service", detail: "is missing: name the service" }];
	if (parsed.ok) return missing;
	return [...missing, ...parsed.errors.map((one) => ({ ...one, pointer: `/do${one.pointer}` }))];
}

const KNOWN: Readonly<Record<string, unknown>> = { ...commandFields.shape, args: true };

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
	const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
	return Object.fromEntries(kept) as Defined<T>;
}
