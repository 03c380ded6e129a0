import type { ExactObject } from "../../../shared/json/exact.ts";
import type { DocumentStore } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import type * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { type Collection, create, type Edited, edit, load, remove } from "../documents.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { etag } from "../preconditions.ts";
import type { ProblemName } from "../problem.ts";
import { type Answer, type AnswerHeader, type Body, type Caller, route } from "../route.ts";
import { documentsPage, notModified } from "./common-document.ts";

/** A kind of document that callers create, replace and remove, each in the version that they mean. */
interface Kind<T extends { readonly id: string }, Definition> {
	/** In the singular; its path and the name of its list have an `s` behind it. */
	readonly what: "schedule" | "reaction";
	/** For operationIds. */
	readonly Name: string;
	readonly store: (deps: HttpDeps) => DocumentStore<T>;
	readonly body: Body<Definition>;
	readonly document: () => { readonly schema: z.ZodMiniType; readonly example: object };
	readonly view: (deps: HttpDeps, stored: Stored<T>) => ExactObject;
	/** Whether a key that may be limited to products has to do with it. */
	readonly reaches: (caller: Caller, document: T) => boolean;
	/** @param by name of the key that asks for it. */
	readonly build: (deps: HttpDeps, definition: Definition, id: string, by: string) => T;
	readonly replace: (
		deps: HttpDeps,
		definition: Definition,
		document: T,
		by: string,
	) => T | Promise<T>;
	/** Tells apart what one version of it shows as time passes; 0: nothing is to come any more. */
	readonly phase?: (deps: HttpDeps, document: T) => number;
	/** What follows from a change at once. */
	readonly changed?: (deps: HttpDeps, stored: Stored<T>) => Promise<Stored<T>>;
	readonly removed?: (deps: HttpDeps, document: T) => Promise<unknown>;
}

/** The routes that all kinds of documents have alike, and `action` for those that change one. */
export function documentRoutes<T extends { readonly id: string }, Definition extends object>(
	kind: Kind<T, Definition>,
) {
	const { what, Name, body } = kind;
	const path = `/v1/${what}s` as const;
	const one = `${path}/{id}` as const;
	const [read, write] = [`${what}s:read`, `${what}s:write`] as const;
	const collection = (deps: HttpDeps, caller: Caller): Collection<T> => ({
		what,
		store: kind.store(deps),
		...(caller.products ? { reaches: (document) => kind.reaches(caller, document) } : {}),
	});
	const shown = (description: string, ...headers: AnswerHeader[]): Answer => ({
		...kind.document(),
		description,
		headers: ["ETag", ...headers],
	});
	const answer = async (deps: HttpDeps, { stored, change, again }: Edited<T>) => {
		const now = change && !again ? await (kind.changed?.(deps, stored) ?? stored) : stored;
		return json(kind.view(deps, now), change === "created" ? 201 : 200, {
			// What a change answers is for the next change, which goes by the version alone.
			etag: etag(now.version, change ? 0 : kind.phase?.(deps, now.document)),
			...(change === "created" ? { location: `${path}/${now.document.id}` } : {}),
			...(again ? { "idempotent-replayed": "true" } : {}),
		});
	};

	const routes = [
		route({
			method: "POST",
			path,
			operationId: `create${Name}`,
			summary: `Create a ${what}`,
			scope: write,
			withinProducts: true,
			body,
			headers: ["Idempotency-Key"],
			answers: () => ({ 201: shown("Created", "Location", "Idempotent-Replayed") }),
			problems: ["idempotency-conflict"],
			async handle(deps, call) {
				const { body, caller } = call;
				const build = (id: string) => kind.build(deps, body, id, caller.name);
				return answer(deps, await create(deps, collection(deps, caller), call, body, build));
			},
		}),
		route({
			method: "GET",
			path,
			operationId: `list${Name}s`,
			summary: `List ${what}s, newest first`,
			scope: read,
			withinProducts: true,
			query: pageSchema,
			answers: () => documentsPage(`${what}s`, kind.document().schema, kind.document().example),
			handle: (deps, call) =>
				listDocuments(collection(deps, call.caller), call, `${what}s`, (stored) =>
					kind.view(deps, stored),
				),
		}),
		route({
			method: "GET",
			path: one,
			operationId: `get${Name}`,
			summary: `Get a ${what}`,
			scope: read,
			withinProducts: true,
			headers: ["If-None-Match"],
			answers: () => ({
				200: shown(`The ${what}`),
				...notModified,
			}),
			problems: ["not-found"],
			handle: async (deps, { params, caller }) =>
				answer(deps, { stored: await load(collection(deps, caller), params.id) }),
		}),
		route({
			method: "PUT",
			path: one,
			operationId: `replace${Name}`,
			summary: `Replace a ${what}, or with \`If-None-Match: *\` create it`,
			scope: write,
			withinProducts: true,
			body,
			headers: ["If-Match", "If-None-Match"],
			answers: () => ({ 200: shown("Replaced"), 201: shown("Created", "Location") }),
			problems: ["not-found"],
			async handle(deps, call) {
				const { body, caller } = call;
				const replace = (document: T) => kind.replace(deps, body, document, caller.name);
				const build = (id: string) => kind.build(deps, body, id, caller.name);
				return answer(deps, await edit(collection(deps, caller), call, replace, build));
			},
		}),
		route({
			method: "DELETE",
			path: one,
			operationId: `delete${Name}`,
			summary: `Remove a ${what}`,
			scope: write,
			withinProducts: true,
			headers: ["If-Match"],
			answers: () => ({ 204: { description: "Removed" } }),
			problems: ["not-found"],
			async handle(deps, call) {
				const removed = await remove(collection(deps, call.caller), call);
				if (removed) await kind.removed?.(deps, removed);
				return new Response(null, { status: 204 });
			},
		}),
	];

	/** A route that changes one document: `POST …/{id}/{verb}`. */
	const action = (
		verb: string,
		summary: string,
		change: (deps: HttpDeps, document: T) => T | Promise<T>,
		problems: readonly ProblemName[] = [],
	) =>
		route({
			method: "POST",
			path: `${one}/${verb}` as `${typeof one}/`,
			operationId: `${verb}${Name}`,
			summary,
			scope: write,
			withinProducts: true,
			headers: ["If-Match"],
			answers: () => ({ 200: shown(`The ${what}`) }),
			problems: ["not-found", ...problems],
			handle: async (deps, call) =>
				answer(
					deps,
					await edit(collection(deps, call.caller), call, (document) => change(deps, document)),
				),
		});

	return { routes, action, collection };
}
