import {
	type ExactJson,
	type ExactObject,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../shared/json/exact.ts";
import type { Io } from "./io.ts";
import { readText } from "./options.ts";
import { UsageError } from "./problems.ts";

/** What the API adds to a stored document; `get --json` shows it, a PUT must not hold it. */
const ADDED: ReadonlySet<string> = new Set([
	"id",
	"version",
	"status",
	"nextRunAt",
	"runs",
	"skipped",
	"lastRuns",
	"createdAt",
	"updatedAt",
	"source",
]);

interface Stored {
	readonly id: string;
	readonly version: number;
	readonly name?: string;
}

/** What `apply` needs of schedules or reactions. */
export interface Collection<T extends Stored> {
	list(page: { limit: number }): AsyncIterable<T>;
	create(body: string): Promise<T>;
	replace(id: string, body: string, options: { version?: number }): Promise<T>;
}

interface Applied<T> {
	readonly did: "created" | "replaced";
	readonly stored: T;
}

const PAGE = 100;

/**
 * Makes what a file says exist: a document with an `id` is replaced, one with
 * a `name` that exists too, any other is created. A `version` must still be
 * the stored one. @throws UsageError, ThingcastError
 */
export async function* apply<T extends Stored>(
	io: Io,
	collection: Collection<T>,
	kind: string,
	file: string,
): AsyncGenerator<Applied<T>> {
	const documents = read(readText(io, file), file, kind);
	const named = documents.some(({ id, name }) => id === undefined && name !== undefined);
	const ids = named ? await idsByName(collection) : new Map<string, string[]>();
	for (const document of documents) {
		const { id: ownId, name, version } = document;
		const body = stringifyExact(
			Object.fromEntries(Object.entries(document).filter(([field]) => !ADDED.has(field))),
		);
		const id = typeof ownId === "string" ? ownId : oneOf(ids, name, kind);
		if (id === undefined) {
			yield { did: "created", stored: await collection.create(body) };
		} else {
			const known = version === undefined ? {} : { version: Number(String(version)) };
			yield { did: "replaced", stored: await collection.replace(id, body, known) };
		}
	}
}

/** One document, a list of them, NDJSON, or a page as the API gives it. */
function read(text: string, file: string, kind: string): ExactObject[] {
	const wrong = (why: string) =>
		new UsageError(`${file}: ${why}`, `see \`thingcast ${kind} get <id> --json\` for the form`);
	let parsed: ExactJson;
	try {
		parsed = parseExact(text);
	} catch (error) {
		const lines = text.split("\n").filter((line) => line.trim() !== "");
		try {
			if (lines.length < 2) throw error;
			parsed = lines.map(parseExact);
		} catch {
			throw wrong((error as Error).message);
		}
	}
	const list = isExactObject(parsed) ? (parsed[`${kind}s`] ?? [parsed]) : parsed;
	if (!Array.isArray(list) || !list.every(isExactObject))
		throw wrong("is neither an object nor a list");
	return list;
}

async function idsByName<T extends Stored>(collection: Collection<T>) {
	const ids = new Map<string, string[]>();
	for await (const { id, name } of collection.list({ limit: PAGE })) {
		if (name !== undefined) ids.set(name, [...(ids.get(name) ?? []), id]);
	}
	return ids;
}

function oneOf(
	ids: ReadonlyMap<string, readonly string[]>,
	name: ExactJson | undefined,
	kind: string,
): string | undefined {
	const found = (typeof name === "string" && ids.get(name)) || [];
	if (found.length > 1) {
		throw new UsageError(
			`there are ${found.length} ${kind}s named "${name}": ${found.join(", ")}`,
			"put the id of the one that is meant into the file",
		);
	}
	return found[0];
}
