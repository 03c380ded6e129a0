import { readFile } from "node:fs/promises";
import { type Node, type ObjectExpression, parse } from "acorn";
import { type Plugin, transform } from "esbuild";
import { blank, type Span } from "./trim/source.ts";

/** Calls whose argument describes a part of the API, and what of it only the API's document needs. */
const CALLS = new Set(["route", "documentRoutes", "bodyOf"]);
const FOR_THE_DOCUMENT = new Set(["summary", "description", "answers", "document", "example"]);

/** Cuts out of the routes what only the API's document needs, and with it the schemas and examples that it names. */
export const withoutDocument: Plugin = {
	name: "without-document",
	setup(build) {
		build.onLoad({ filter: /[\\/]functions[\\/]http[\\/].*\.ts$/ }, async ({ path }) => {
			const text = await readFile(path, "utf8");
			const script = await transform(text, {
				loader: "ts",
				sourcefile: path,
				sourcemap: "inline",
				sourcesContent: false,
			});
			const program = parse(script.code, { ecmaVersion: 2023, sourceType: "module" });
			// Read as TypeScript, of which esbuild leaves out what is imported and not used.
			return { contents: blank(script.code, documentOnly(program)), loader: "ts" };
		});
	},
};

function documentOnly(node: Node): Span[] {
	if (isCall(node) && CALLS.has(node.callee.name ?? "")) {
		const [first, ...others] = node.arguments;
		return [
			...(first?.type === "ObjectExpression" ? propertiesOf(first as ObjectExpression) : []),
			...[first, ...others].flatMap((one) => (one ? documentOnly(one) : [])),
		];
	}
	return Object.values(node).flatMap((value: unknown) =>
		(Array.isArray(value) ? value : [value]).flatMap((one) =>
			isNode(one) ? documentOnly(one) : [],
		),
	);
}

/** The properties that go, of the object and of those in it, each with its comma. */
function propertiesOf({ properties, end }: ObjectExpression): Span[] {
	return properties.flatMap((property, index) => {
		if (property.type !== "Property" || property.key.type !== "Identifier") return [];
		if (FOR_THE_DOCUMENT.has(property.key.name)) {
			return [{ start: property.start, end: properties[index + 1]?.start ?? end - 1 }];
		}
		return property.value.type === "ObjectExpression" ? propertiesOf(property.value) : [];
	});
}

const isNode = (value: unknown): value is Node =>
	typeof value === "object" && value !== null && "type" in value && "start" in value;

const isCall = (
	node: Node,
): node is Node & { callee: { readonly name?: string }; arguments: readonly Node[] } =>
	node.type === "CallExpression";
