import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { apiDocument } from "../functions/http/document/index.ts";

const PAGE = join(import.meta.dirname, "../docs/api.md");
const BEGIN = "<!-- The routes: written by npm run docs -->\n";
const END = "<!-- End of the routes -->\n";

interface Operation {
	readonly summary: string;
	readonly description: string;
	readonly security?: readonly unknown[];
	readonly parameters?: ReadonlyArray<{ readonly in: string; readonly name: string }>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The table of the routes in docs/api.md: a line for each request that the API's document describes. */
export function routesTable(document: string): string {
	const { paths } = JSON.parse(document) as { paths: Paths };
	const rows = Object.entries(paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([method, { summary, description, parameters = [] }]) => {
			const names = parameters.flatMap((one) => (one.in === "query" ? [`${one.name}=`] : []));
			const query = names.length > 0 ? `?${names.join("&")}` : "";
			const [more] = description.split("\n\n");
			const details = more && more !== summary && !/^Scope: /.test(more) ? `. ${more}` : "";
			return `| \`${method.toUpperCase()} ${path}${query}\` | ${summary}${details} |`;
		}),
	);
	return ["| request | |", "|---|---|", ...rows, ""].join("\n");
}

/** The page with the table of these routes. @throws Error if it has no place for one. */
export function withRoutes(page: string, document: string): string {
	const [before, rest] = page.split(BEGIN);
	const after = rest?.split(END)[1];
	if (before === undefined || after === undefined)
		throw new Error("docs/api.md has no place for routes");
	return `${before}${BEGIN}${routesTable(document)}${END}${after}`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	writeFileSync(PAGE, withRoutes(readFileSync(PAGE, "utf8"), apiDocument()));
}
