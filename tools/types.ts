/** `npm run --silent types -- python < openapi.json`: the API's data in another language. */
import { realpathSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import {
	defaultTargetLanguages,
	InputData,
	isLanguageName,
	JSONSchemaInput,
	type LanguageName,
	quicktype,
} from "quicktype-core";

const HELP = `npm run --silent types -- <language> < openapi.json

Prints the data of the API as types of another language, with what reads them
from JSON and writes them. Languages:
  ${defaultTargetLanguages.map(({ name }) => name).join(", ")}`;

interface Document {
	readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** @param document OpenAPI 3.1, whose schemas are JSON Schema already. */
export async function typesOf(document: string, lang: LanguageName): Promise<string> {
	const { schemas } = (JSON.parse(document) as Document).components;
	const definitions: unknown = JSON.parse(
		JSON.stringify(schemas).replaceAll("#/components/schemas/", "#/definitions/"),
	);
	// Each of them is a property of one type: so each gets a name of its own.
	const properties = Object.fromEntries(
		Object.keys(schemas).map((name) => [name, { $ref: `#/definitions/${name}` }]),
	);
	const schema = JSON.stringify({ type: "object", properties, definitions });
	const source = new JSONSchemaInput(undefined);
	await source.addSource({ name: "Api", schema });
	const inputData = new InputData();
	inputData.addInput(source);
	return (await quicktype({ inputData, lang })).lines.join("\n");
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
	const language = process.argv[2] ?? "";
	if (isLanguageName(language)) console.log(await typesOf(await text(process.stdin), language));
	else {
		console.error(HELP);
		process.exitCode = 2;
	}
}
