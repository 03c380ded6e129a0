import { isId, newId } from "../../shared/ids.ts";
import { ownedKey } from "../../shared/key/key.ts";
import { DamagedRow, type DocumentStore } from "../../shared/store/document-store.ts";
import type { Stored } from "../../shared/stored.ts";
import type { HttpDeps } from "./deps.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { requireVersion, wantsNew } from "./preconditions.ts";
import { Problem } from "./problem.ts";
import type { Call } from "./route.ts";

type Identified = { readonly id: string };

/** Documents of one kind that callers create, edit and remove. */
export interface Collection<T extends Identified> {
	readonly store: DocumentStore<T>;
	readonly what: string;
	/** Whether the caller's key reaches a document: to the caller the others do not exist. Absent: all of them. */
	readonly reaches?: (document: T) => boolean;
}

/** A document after an edit; without `change` it was as it should be before. */
export interface Edited<T> {
	readonly stored: Stored<T>;
	readonly change?: "created" | "replaced";
	/** The request was a repetition. */
	readonly again?: boolean;
}

type OneOf = Pick<Call<`${string}{id}`>, "params" | "request">;

const isWithin = <T extends Identified>({ reaches }: Collection<T>, document: T): boolean =>
	reaches?.(document) ?? true;

/** @throws Problem forbidden for a document that the caller would make and not reach. */
function requireReach<T extends Identified>(collection: Collection<T>, document: T): T {
	if (isWithin(collection, document)) return document;
	throw new Problem(
		"forbidden",
		`the key is limited to products, and this ${collection.what} goes beyond them; name devices by productKey and deviceName`,
	);
}

export async function load<T extends Identified>(
	collection: Collection<T>,
	id: string,
): Promise<Stored<T>> {
	const { store, what } = collection;
	const stored = await store.get(id);
	if (stored && isWithin(collection, stored.document)) return stored;
	throw new Problem("not-found", `there is no ${what} ${id}`);
}

/** Creates what a request asks for. The same `Idempotency-Key` of the same caller gives the same document. */
export async function create<T extends Identified>(
	deps: Pick<HttpDeps, "clock" | "random" | "idempotency">,
	collection: Collection<T>,
	{ request, caller }: Pick<Call, "request" | "caller">,
	body: object,
	build: (id: string) => T,
): Promise<Edited<T>> {
	const { store, what } = collection;
	let document = requireReach(collection, build(newId(deps.clock.now(), deps.random)));
	const key = idempotencyKey(request.headers);
	if (key !== undefined) {
		const owned = ownedKey(caller, key, what);
		const claim = await deps.idempotency.claim(owned, body, document.id);
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
	collection: Collection<T>,
	{ params: { id }, request: { headers } }: OneOf,
	change: (document: T) => T | Promise<T>,
	build?: (id: string) => T,
): Promise<Edited<T>> {
	const { store, what } = collection;
	const creates = build !== undefined && wantsNew(headers);
	for (;;) {
		const found = await store.get(id);
		const stored = found && isWithin(collection, found.document) ? found : undefined;
		if (!stored && !creates) throw new Problem("not-found", `there is no ${what} ${id}`);
		if (stored) {
			requireVersion(headers, stored.version);
			const changed = await change(stored.document);
			if (changed === stored.document) return { stored };
			requireReach(collection, changed);
			const replaced = await store.replace(stored, changed);
			if (replaced) return { stored: replaced, change: "replaced" };
		} else if (build) {
			if (!isId(id))
				throw new Problem("invalid-request", `${id} has not the form of an id: a ULID`);
			const created = await store.create(requireReach(collection, build(id)));
			if (created) return { stored: created, change: "created" };
			if (found) throw new Problem("forbidden", `the id ${id} is taken`);
		}
	}
}

/**
 * Removes a document in the version that was read, which must be one that `If-Match` names.
 * @returns what it was; undefined for one that could not be read.
 */
export async function remove<T extends Identified>(
	collection: Collection<T>,
	{ params: { id }, request }: OneOf,
): Promise<T | undefined> {
	for (;;) {
		try {
			const stored = await load(collection, id);
			requireVersion(request.headers, stored.version);
			if (await collection.store.remove(stored)) return stored.document;
		} catch (error) {
			// Whose it is, and in which version, cannot be read either.
			const isAnyones = !collection.reaches && !request.headers.has("If-Match");
			if (!(error instanceof DamagedRow) || !isAnyones) throw error;
			await collection.store.discard(error);
			return undefined;
		}
	}
}
