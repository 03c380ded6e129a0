import { type FieldError, fieldErrors, type Parsed } from "../command/request.ts";
import { type ExactJson, isExactObject, toPlain } from "../json/exact.ts";
import * as z from "../zod.ts";
import { ABBREVIATIONS } from "./abbreviations.ts";
import { cronTimes, wallTime } from "./cron.ts";
import type { DstPolicy, When } from "./schedule.ts";
import { findZone } from "./zone.ts";

const MAX_PATTERN_LENGTH = 200;
const MAX_EVERY_SECONDS = 10 * 366 * 86_400;

const NO_ZONE = "is missing: name an IANA time zone, such as Asia/Shanghai; none is assumed";

const timeZone = z
	.string({ error: (issue) => (issue.input === undefined ? NO_ZONE : "must be text") })
	.check(
		z.superRefine((name, context) => {
			if (findZone(name)) return;
			const meant = ABBREVIATIONS[name.toUpperCase()];
			context.addIssue(
				meant
					? `is an abbreviation of several zones, not the name of one: ${meant}, perhaps?`
					: /^([+-]|GMT|UTC[+-])/i.test(name)
						? "is an offset, which knows no summer time: name an IANA time zone, such as Asia/Shanghai"
						: `is no IANA time zone: ${name.slice(0, 64)}`,
			);
		}),
	);

const kinds = {
	at: z.strictObject({
		at: z
			.string()
			.check(
				z.refine(
					(text) => wallTime(text) !== undefined,
					"must be a time of the zone's clocks without an offset, such as 2026-12-01T07:00:00",
				),
			),
		timeZone,
	}),
	cron: z.strictObject({
		cron: z.string().check(
			z.maxLength(MAX_PATTERN_LENGTH),
			z.superRefine((pattern, context) => {
				try {
					cronTimes(pattern);
				} catch (error) {
					context.addIssue((error as Error).message.replace(/^CronPattern: /, ""));
				}
			}),
		),
		timeZone,
	}),
	every: z.strictObject({
		every: z.int().check(z.minimum(1, "at least 1 second"), z.maximum(MAX_EVERY_SECONDS)),
		from: z.optional(
			z.iso.datetime({
				offset: true,
				error: "must be a time with its offset, such as 2026-12-01T07:00:00Z",
			}),
		),
	}),
};

export const whenSchema = z.union([kinds.at, kinds.cron, kinds.every]);

/** Reads `when`; pointers begin with `/when`. */
export function parseWhen(body: ExactJson | undefined): Parsed<When> {
	const refuse = (detail: string): Parsed<When> => ({
		ok: false,
		errors: [{ pointer: "/when", detail }],
	});
	if (body === undefined) return refuse("is missing: say when it fires");
	if (!isExactObject(body)) return refuse("must be an object with at, cron or every");
	const given = (["at", "cron", "every"] as const).filter((kind) => kind in body);
	if (given.length !== 1) return refuse("must have exactly one of at, cron and every");
	const plain = toPlain(body);
	switch (given[0]) {
		case "at": {
			const read = kinds.at.safeParse(plain);
			return read.success ? valid({ kind: "at", ...read.data }) : invalid(read.error);
		}
		case "cron": {
			const read = kinds.cron.safeParse(plain);
			return read.success ? valid({ kind: "cron", ...read.data }) : invalid(read.error);
		}
		default: {
			const read = kinds.every.safeParse(plain);
			if (!read.success) return invalid(read.error);
			const { every, from } = read.data;
			return valid({
				kind: "every",
				seconds: every,
				...(from === undefined ? {} : { from: Date.parse(from) }),
			});
		}
	}
}

const valid = (value: When): Parsed<When> => ({ ok: true, value });

function invalid(error: z.core.$ZodError): Parsed<When> {
	const errors = error.issues.flatMap(fieldErrors);
	return {
		ok: false,
		errors: errors.map((one): FieldError => ({ ...one, pointer: `/when${one.pointer}` })),
	};
}

/**
 * A daily job is neither lost nor done twice; one that runs at intervals just
 * goes on, since time itself neither stops nor comes back (the same rule as
 * croner's and Vixie cron's).
 */
export function defaultDst(when: When): DstPolicy {
	const daily = when.kind !== "cron" || cronTimes(when.cron).fixedTime;
	return daily ? { gap: "shift", twice: "first" } : { gap: "skip", twice: "both" };
}
