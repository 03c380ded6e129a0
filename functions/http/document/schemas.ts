import * as z from "../../../shared/zod.ts";

export type Json = { readonly [name: string]: unknown };

/** The schemas of a document: those with a name (zod's `meta({id})`) once, under `components/schemas`. */
export class Schemas {
	readonly #named = new Map<string, Json>();

	get named(): Json {
		const sorted = [...this.#named].sort(([left], [right]) => (left < right ? -1 : 1));
		return Object.fromEntries(sorted);
	}

	/** The schema of a body, or a reference to it. */
	add(schema: z.ZodMiniType): Json {
		const { $defs = {}, ...rest } = toJson(schema);
		for (const [name, one] of Object.entries($defs)) this.#named.set(name, located(one));
		return located(rest);
	}
}

/** The schema of each field of a query. */
export function fieldsOf(query: z.ZodMiniType): Readonly<Record<string, Json>> {
	return toJson(query).properties as Readonly<Record<string, Json>>;
}

function toJson(schema: z.ZodMiniType) {
	const { $schema: _, ...json } = z.toJSONSchema(schema, {
		io: "input",
		unrepresentable: "any",
		override,
	});
	return json;
}

/**
 * References lead to where OpenAPI keeps its schemas. Defaults are told in
 * words: generators of clients take a field that has one for one that must be given.
 */
const located = (schema: object): Json =>
	JSON.parse(
		JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'),
		(_, value: unknown) => (isWithDefault(value) ? defaultInWords(value) : value),
	);

type WithDefault = Json & { readonly default: unknown; readonly description?: string };

const isWithDefault = (value: unknown): value is WithDefault =>
	typeof value === "object" &&
	value !== null &&
	"default" in value &&
	("type" in value || "anyOf" in value);

function defaultInWords({ default: usual, description, ...schema }: WithDefault): Json {
	const words = `Default: \`${JSON.stringify(usual)}\``;
	return { ...schema, description: description ? `${description}. ${words}` : words };
}

/** The same as `\p{Cc}`, for validators whose expressions know no Unicode. */
const CONTROL_CHARACTERS = "\\u0000-\\u001f\\u007f-\\u009f";

/** Leaves out what zod says for itself, and says shorter what has a shorter form. */
function override({ jsonSchema: json }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
	if (json.format === "date-time") delete json.pattern;
	if (json.pattern) json.pattern = json.pattern.replace("\\p{Cc}", CONTROL_CHARACTERS);
	if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
	if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
	delete json.propertyNames;
	const values = json.anyOf?.map((one) => (typeof one === "object" ? one.const : undefined));
	if (!values || values.includes(undefined)) return;
	delete json.anyOf;
	json.type = values.every(Number.isInteger) ? "integer" : "string";
	json.enum = values as string[];
}
