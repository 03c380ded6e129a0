import * as z from "zod";

export type Json = { readonly [name: string]: unknown };

/** The schemas of a document: those with a name (zod's `meta({id})`) once, under `components/schemas`. */
export class Schemas {
	readonly #named = new Map<string, Json>();

	get named(): Json {
		const sorted = [...this.#named].sort(([left], [right]) => (left < right ? -1 : 1));
		return Object.fromEntries(sorted);
	}

	add(schema: z.ZodType): Json {
		const {
			$schema: _,
			$defs = {},
			...rest
		} = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override });
		for (const [name, one] of Object.entries($defs)) this.#named.set(name, located(one));
		return located(rest);
	}
}

/** References lead to where OpenAPI keeps its schemas. */
const located = (schema: object): Json =>
	JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

/** The same as `\p{Cc}`, for validators whose expressions know no Unicode. */
const CONTROL_CHARACTERS = "\\u0000-\\u001f\\u007f-\\u009f";

/** Leaves out what zod says for itself, and says shorter what has a shorter form. */
function override({ jsonSchema: json }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
	if (json.format === "date-time") delete json.pattern;
	json.pattern = json.pattern?.replace("\\p{Cc}", CONTROL_CHARACTERS);
	if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
	if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
	delete json.propertyNames;
	const values = json.anyOf?.map((one) => (typeof one === "object" ? one.const : undefined));
	if (!values || values.includes(undefined)) return;
	delete json.anyOf;
	json.type = values.every(Number.isInteger) ? "integer" : "string";
	json.enum = values as string[];
}
