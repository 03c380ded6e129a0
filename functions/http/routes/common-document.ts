import * as z from "zod";
import type { Answers } from "../route.ts";

// For the API's document only: nothing here is in the bundle.

/** An instant as it is shown. */
export const instant = z.iso.datetime();
export const whole = z.int().min(0);

/** What a list answers. */
export const pageDocument = (name: string, schema: z.ZodType, example: unknown): Answers => ({
	200: {
		description: "A page; `Link` leads to the next one",
		schema: z.object({
			[name]: z.array(schema),
			cursor: z.string().nullable().describe("null at the end"),
		}),
		example: { [name]: [example], cursor: null },
		headers: ["Link"],
	},
});
