import { isId, newId } from "../../shared/ids.ts";
import type { DocumentStore } from "../../shared/store/document-store.ts";
import type { Stored } from "../../shared/stored.ts";
import type { HttpDeps } from "./deps.ts";
import { etag, idempotencyKey, matchesVersion, mustBeNew } from "./headers.ts";
import { Problem } from "./problem.ts";
import type { Call } from "./route.ts";

type Identified = { readonly id: string };

/** Documents of one kind that callers create, edit and remove. */
export interface Collection<T extends Identified> {
	readonly store: DocumentStore<T>;
	readonly what: "schedule" | "reaction" | "dead letter";
}

/** A document after an edit; without `change` it was as it should be before. */
export interface Edited<T> {
	readonly stored: Stored<T>;
	readonly change?: "created" | "replaced";
	/** The request was a repetition. */
	readonly again?: boolean;
}

type OneOf = Pick<Call<`${string}{id}`>, "params" | "request">;

export async function load<T extends Identified>(
	{ store, what }: Collection<T>,
	id: string,
): Promise<Stored<T>> {
	const stored = await store.get(id);
	if (!stored) throw new Problem("not-found", `there is no ${what} ${id}`);
	return stored;
}

/** Creates what a request asks for. The same `Idempotency-Key` gives the same document. */
export async function create<T extends Identified>(
	deps: Pick<HttpDeps, "clock" | "random" | "idempotency">,
	collection: Collection<T>,
	request: Request,
	body: object,
	build: (id: string) => T,
): Promise<Edited<T>> {
	const { store, what } = collection;
	let document = build(newId(deps.clock.now(), deps.random));
	const key = idempotencyKey(request.headers);
	if (key !== undefined) {
		const claim = await deps.idempotency.claim(JSON.stringify([what, key]), body, document.id);
		if (claim.outcome === "conflict") {
			throw new Problem(
				"idempotency-conflict",
				`the key was first used, with another body, for ${what} ${claim.id}`,
			);
		}
		document = build(claim.id);
	}
	const stored = await store.create(document);
	if (stored) return { stored, change: "created" };
	return { stored: await load(collection, document.id), change: "created", again: true };
}

/**
 * Changes a document in the version that was read, which must be one that
 * `If-Match` names; again, where somebody else changed it meanwhile.
 *
 * @param build given where `If-None-Match: *` creates a document with the id of the path.
 */
export async function edit<T extends Identified>(
	{ store, what }: Collection<T>,
	{ params: { id }, request: { headers } }: OneOf,
	change: (document: T) => T | Promise<T>,
	build?: (id: string) => T,
): Promise<Edited<T>> {
	const creates = build !== undefined && mustBeNew(headers);
	for (;;) {
		const stored = await store.get(id);
		if (!stored && !creates) throw new Problem("not-found", `there is no ${what} ${id}`);
		if (stored && (creates || !matchesVersion(headers, stored.version))) throw conflict(stored);
		if (stored) {
			const changed = await change(stored.document);
			if (changed === stored.document) return { stored };
			const replaced = await store.replace(stored, changed);
			if (replaced) return { stored: replaced, change: "replaced" };
		} else if (build) {
			if (!isId(id))
				throw new Problem("invalid-request", `${id} has not the form of an id: a ULID`);
			const created = await store.create(build(id));
			if (created) return { stored: created, change: "created" };
		}
	}
}

/** Removes a document in the version that was read, which must be one that `If-Match` names. */
export async function remove<T extends Identified>(
	collection: Collection<T>,
	{ params: { id }, request }: OneOf,
): Promise<T> {
	for (;;) {
		const stored = await load(collection, id);
		if (!matchesVersion(request.headers, stored.version)) throw conflict(stored);
		if (await collection.store.remove(stored)) return stored.document;
	}
}

const conflict = ({ version }: Stored<unknown>) =>
	new Problem("version-conflict", `its version is ${version} now: read it again`, {
		headers: { etag: etag(version) },
		members: { version: Number(version) },
	});
