import { fieldErrors } from "../../shared/command/request.ts";
import { isId } from "../../shared/ids.ts";
import type { ExactObject } from "../../shared/json/exact.ts";
import { DamagedRow, idOf } from "../../shared/store/document-store.ts";
import type { Stored } from "../../shared/stored.ts";
import * as z from "../../shared/zod.ts";
import { json } from "./answers.ts";
import { listedView } from "./damaged.ts";
import type { Collection } from "./documents.ts";
import { Problem } from "./problem.ts";
import type { Call } from "./route.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** What every list takes. */
export const pageFields = {
	limit: z._default(
		z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_LIMIT, `at most ${MAX_LIMIT}`)),
		DEFAULT_LIMIT,
	),
	cursor: z.optional(z.string()).check(z.describe("The cursor of an earlier page, as it was")),
};
/** The limit of a list whose items are short. */
export const longPage = (most: number, usual: number) =>
	z._default(
		z.coerce.number().check(z.int(), z.minimum(1), z.maximum(most, `at most ${most}`)),
		usual,
	);

export const pageSchema = z.strictObject(pageFields);

/** @throws Problem that names each wrong parameter. */
export function parseQuery<T>(schema: z.ZodMiniType<T>, query: Record<string, string>): T {
	const read = schema.safeParse(query);
	if (read.success) return read.data;
	const errors = read.error.issues.flatMap(fieldErrors);
	const detail = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join("; ");
	throw new Problem("invalid-request", `query: ${detail}`, { errors });
}

/** A cursor is the id of the last item, wrapped so that nobody is tempted to build one. */
const toCursor = (id: string): string => Buffer.from(id).toString("base64url");

/** @throws Problem if this is no cursor of a list whose ids have this form. */
export function readCursor(cursor: string, isOurs: (text: string) => boolean): string {
	const id = Buffer.from(cursor, "base64url").toString("utf8");
	if (toCursor(id) === cursor && isOurs(id)) return id;
	throw new Problem("invalid-cursor", "use the cursor of an earlier page, as it was");
}

/** A page of a list: `cursor` is null at the end, and otherwise in a Link to the next page (RFC 8288) as well. */
export function pageAnswer(url: string, items: ExactObject, next: string | undefined): Response {
	if (next === undefined) return json({ ...items, cursor: null });
	const cursor = toCursor(next);
	const { pathname, searchParams } = new URL(url);
	searchParams.set("cursor", cursor);
	return json({ ...items, cursor }, 200, { link: `<${pathname}?${searchParams}>; rel="next"` });
}

/** A page of stored documents under the name of the list, newest first. */
export async function listDocuments<T extends { readonly id: string }>(
	{ store, reaches }: Collection<T>,
	{ query: { limit, cursor }, request }: Call<string, z.infer<typeof pageSchema>>,
	name: string,
	view: (stored: Stored<T>) => ExactObject | Promise<ExactObject>,
): Promise<Response> {
	const olderThan = cursor === undefined ? undefined : readCursor(cursor, isId);
	const found = await store.list(limit + 1, olderThan);
	const page = found.slice(0, limit);
	const last = page.at(-1);
	const next = found.length > limit && last ? idOf(last) : undefined;
	// Whose a damaged one is cannot be read either.
	const isShown = (one: (typeof page)[number]) =>
		!reaches || (!(one instanceof DamagedRow) && reaches(one.document));
	const shown = await Promise.all(page.filter(isShown).map((one) => listedView(one, view)));
	return pageAnswer(request.url, { [name]: shown }, next);
}
