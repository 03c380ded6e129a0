import { fieldErrors, type Parsed, productKeySchema } from "../command/request.ts";
import { type ExactJson, isExactObject, toPlain } from "../json/exact.ts";
import * as z from "../zod.ts";
import type { KeyDefinition } from "./key.ts";
import { SCOPES } from "./scopes.ts";

const MAX_NAME_LENGTH = 128;
const MAX_PRODUCTS = 100;
const MAX_RATE_PER_SECOND = 10_000;

/** The body of `POST /v1/keys`. */
export const keyFields = z
	.strictObject({
		name: z
			.string()
			.check(
				z.minLength(1, "must not be empty"),
				z.maxLength(MAX_NAME_LENGTH, `at most ${MAX_NAME_LENGTH} characters`),
				z.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
			),
		scopes: z
			.array(z.enum(SCOPES))
			.check(z.minLength(1, "name at least one scope: a key without scopes can do nothing")),
		products: z.optional(
			z
				.array(productKeySchema)
				.check(
					z.minLength(1, "name at least one product, or leave it out: then all are allowed"),
					z.maxLength(MAX_PRODUCTS, `at most ${MAX_PRODUCTS} products`),
				),
		),
		ratePerSecond: z.optional(
			z
				.number()
				.check(
					z.positive("must be greater than 0"),
					z.maximum(MAX_RATE_PER_SECOND, `at most ${MAX_RATE_PER_SECOND}`),
				),
		),
		expiresAt: z.optional(
			z.iso.datetime({
				offset: true,
				error: "must be a time with its offset, such as 2027-01-01T00:00:00Z",
			}),
		),
	})
	.check(
		z.refine(({ scopes, products }) => !(products && scopes.includes("admin")), {
			message: "cannot limit an admin, who may make keys without a limit",
			path: ["products"],
		}),
	);

/** Reads the body of `POST /v1/keys`. */
export function parseKey(body: ExactJson, now: number): Parsed<KeyDefinition> {
	if (!isExactObject(body)) {
		return { ok: false, errors: [{ pointer: "", detail: "must be a JSON object" }] };
	}
	const read = keyFields.safeParse(toPlain(body));
	if (!read.success) return { ok: false, errors: read.error.issues.flatMap(fieldErrors) };
	const { name, scopes, products, ratePerSecond, expiresAt } = read.data;
	const until = expiresAt === undefined ? undefined : Date.parse(expiresAt);
	if (until !== undefined && until <= now) {
		return { ok: false, errors: [{ pointer: "/expiresAt", detail: "is over already" }] };
	}
	return {
		ok: true,
		value: {
			name,
			scopes: [...new Set(scopes)],
			...(products ? { products: [...new Set(products)] } : {}),
			...(ratePerSecond === undefined ? {} : { ratePerSecond }),
			...(until === undefined ? {} : { expiresAt: until }),
		},
	};
}
