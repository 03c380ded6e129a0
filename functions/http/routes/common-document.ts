import * as z from "../../../shared/zod.ts";
import type { Answers } from "../route.ts";

// For the API's document only: nothing here is in the bundle.

/** An instant as it is shown. */
export const instant = z.iso.datetime();
/** Who said what a schedule or a reaction says now. */
export const madeBy = z.object({
	type: z.literal("http"),
	by: z.optional(z.string()).check(z.describe("Name of the API key")),
});
export const whole = z.int().check(z.minimum(0));

/** What `If-None-Match` is answered where the caller has the document already. */
export const notModified = {
	304: { description: "It has not changed", headers: ["ETag"] },
} as const satisfies Answers;

/** In place of a document in a list. */
const damaged = z
	.object({ id: z.string(), error: z.object({ code: z.string(), message: z.string() }) })
	.check(z.meta({ id: "Damaged", description: "A document whose row cannot be read" }));

/** What a list of stored documents answers. */
export const documentsPage = (name: string, schema: z.ZodMiniType, example: unknown): Answers =>
	pageDocument(name, z.union([schema, damaged]), example);

/** What a list answers. */
export const pageDocument = (name: string, schema: z.ZodMiniType, example: unknown): Answers => ({
	200: {
		description: "A page; `Link` leads to the next one",
		schema: z.object({
			[name]: z.array(schema),
			cursor: z.nullable(z.string()).check(z.describe("null at the end")),
		}),
		example: { [name]: [example], cursor: null },
		headers: ["Link"],
	},
});
