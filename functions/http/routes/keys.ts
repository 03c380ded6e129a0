import { randomBytes } from "node:crypto";
import { newId } from "../../../shared/ids.ts";
import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import type { StoredKey } from "../../../shared/key/key.ts";
import { keyFields, parseKey } from "../../../shared/key/parse.ts";
import { SCOPES } from "../../../shared/key/scopes.ts";
import { hashOfKey, newKey } from "../../../shared/key/secret.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { type Collection, load, remove } from "../documents.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { etag } from "../preconditions.ts";
import { invalid } from "../problem.ts";
import { route } from "../route.ts";
import { documentsPage, instant, notModified } from "./common-document.ts";

const listKeys = route({
	method: "GET",
	path: "/v1/keys",
	operationId: "listKeys",
	summary: "List API keys without their secrets, newest first",
	scope: "admin",
	query: pageSchema,
	answers: () => documentsPage("keys", shownKey(), exampleKey()),
	handle: (deps, call) => listDocuments(keys(deps), call, "keys", ({ document }) => view(document)),
});

const createKey = route({
	method: "POST",
	path: "/v1/keys",
	operationId: "createKey",
	summary: "Make an API key; its secret `key` is shown in this answer and never again",
	scope: "admin",
	body: {
		read: (body) => ({ ok: true, value: body }),
		document: () => ({
			schema: keyFields,
			example: {
				name: "gate 7",
				scopes: ["commands:read", "commands:write"],
				products: ["a1B2c3D4e5F"],
			},
		}),
	},
	answers: () => ({
		201: {
			description: "The key, with its secret",
			schema: z
				.object({ ...shownKey().shape, key: z.string() })
				.check(z.meta({ id: "CreatedKey" })),
			example: { ...exampleKey(), key: `thingcast_${exampleKey().id}_${"A".repeat(43)}` },
			headers: ["ETag", "Location"],
		},
	}),
	async handle(deps, { body, caller }) {
		const now = deps.clock.now();
		const parsed = parseKey(body, now);
		if (!parsed.ok) throw invalid(parsed.errors);
		const id = newId(now, deps.random);
		const key = newKey(id, randomBytes);
		const document = { ...parsed.value, id, hash: hashOfKey(key), createdAt: now, by: caller.name };
		const stored = await deps.keys.create(document);
		if (!stored) throw new Error(`there is a key ${id} already`);
		return json({ ...view(document), key }, 201, {
			etag: etag(stored.version),
			location: `/v1/keys/${id}`,
			"cache-control": "no-store",
		});
	},
});

const getKey = route({
	method: "GET",
	path: "/v1/keys/{id}",
	operationId: "getKey",
	summary: "Get an API key without its secret",
	scope: "admin",
	headers: ["If-None-Match"],
	answers: () => ({
		200: {
			description: "The key",
			schema: shownKey(),
			example: exampleKey(),
			headers: ["ETag"],
		},
		...notModified,
	}),
	problems: ["not-found"],
	async handle(deps, { params }) {
		const { document, version } = await load(keys(deps), params.id);
		return json(view(document), 200, { etag: etag(version) });
	},
});

const deleteKey = route({
	method: "DELETE",
	path: "/v1/keys/{id}",
	operationId: "deleteKey",
	summary: "Revoke a key; within 5 s it works nowhere any more",
	scope: "admin",
	headers: ["If-Match"],
	answers: () => ({ 204: { description: "It is revoked" } }),
	problems: ["not-found"],
	async handle(deps, call) {
		await remove(keys(deps), call);
		return new Response(null, { status: 204 });
	},
});

export const keyRoutes = [listKeys, createKey, getKey, deleteKey];

const keys = (deps: HttpDeps): Collection<StoredKey> => ({ store: deps.keys, what: "key" });

const time = (ms: number) => new Date(ms).toISOString();

/** Everything but the hash. */
function view(key: StoredKey): ExactObject {
	const { id, name, scopes, products, ratePerSecond, expiresAt, createdAt, by } = key;
	return {
		id,
		name,
		scopes,
		...(products ? { products } : {}),
		...(ratePerSecond === undefined ? {} : { ratePerSecond: exactNumber(String(ratePerSecond)) }),
		...(expiresAt === undefined ? {} : { expiresAt: time(expiresAt) }),
		createdAt: time(createdAt),
		by,
	};
}

function shownKey() {
	return z
		.object({
			id: z.string(),
			name: z.string(),
			scopes: z.array(z.enum(SCOPES)),
			products: z.optional(z.array(z.string())),
			ratePerSecond: z.optional(z.number()),
			expiresAt: z.optional(instant),
			createdAt: instant,
			by: z.string().check(z.describe("Name of the key that made it")),
		})
		.check(z.meta({ id: "Key" }));
}

const exampleKey = () => ({
	id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
	name: "gate 7",
	scopes: ["commands:read", "commands:write"],
	products: ["a1B2c3D4e5F"],
	createdAt: "2026-12-01T07:00:00.000Z",
	by: "bootstrap-1",
});
