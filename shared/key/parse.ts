import * as z from "zod";
import { fieldErrors, type Parsed, productKeySchema } from "../command/request.ts";
import { type ExactJson, isExactObject, toPlain } from "../json/exact.ts";
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
			.min(1, "must not be empty")
			.max(MAX_NAME_LENGTH, `at most ${MAX_NAME_LENGTH} characters`)
			.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
		scopes: z
			.array(z.enum(SCOPES))
			.min(1, "name at least one scope: a key without scopes can do nothing"),
		products: z
			.array(productKeySchema)
			.min(1, "name at least one product, or leave it out: then all are allowed")
			.max(MAX_PRODUCTS, `at most ${MAX_PRODUCTS} products`)
			.optional(),
		ratePerSecond: z
			.number()
			.positive("must be greater than 0")
			.max(MAX_RATE_PER_SECOND, `at most ${MAX_RATE_PER_SECOND}`)
			.optional(),
		expiresAt: z.iso
			.datetime({
				offset: true,
				error: "must be a time with its offset, such as 2027-01-01T00:00:00Z",
			})
			.optional(),
	})
	.refine(({ scopes, products }) => !(products && scopes.includes("admin")), {
		message: "cannot limit an admin, who may make keys without a limit",
		path: ["products"],
	});

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
