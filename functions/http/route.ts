import type { Parsed } from "../../shared/command/request.ts";
import type { ExactJson } from "../../shared/json/exact.ts";
import type { Caller } from "../../shared/key/key.ts";
import type { Scope } from "../../shared/key/scopes.ts";
import type * as z from "../../shared/zod.ts";
import type { HttpDeps } from "./deps.ts";
import type { ProblemName } from "./problem.ts";

export type { Caller };

/** Headers of requests that the API reads; the document describes each (document/headers.ts). */
export type RequestHeader =
	| "Idempotency-Key"
	| "Prefer"
	| "If-Match"
	| "If-None-Match"
	| "Last-Event-ID";
/** Headers of answers beside Content-Type. */
export type AnswerHeader =
	| "ETag"
	| "Idempotent-Replayed"
	| "Link"
	| "Location"
	| "Preference-Applied";

/** One answer of a route, for the document. */
export interface Answer {
	readonly description: string;
	/** Absent: the answer has no body. */
	readonly schema?: z.ZodMiniType;
	readonly example?: unknown;
	/** @default "application/json" */
	readonly contentType?: string;
	/** Other forms of the same, by `Accept`: as text. */
	readonly alsoAs?: readonly string[];
	readonly headers?: readonly AnswerHeader[];
}
export type Answers = Readonly<Record<number, Answer>>;

export interface Body<B> {
	/** Checks a body whose numbers still have all their digits. */
	readonly read: (body: ExactJson, now: number) => Parsed<B>;
	/** @default MAX_BODY_BYTES */
	readonly maxBytes?: number;
	/** What the document says of it. */
	readonly document: () => { readonly schema: z.ZodMiniType; readonly example: unknown };
}

type ParamsOf<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
	? { readonly [K in Name]: string } & ParamsOf<Rest>
	: object;

/** One request, once its key, its query and its body are checked. */
export interface Call<Path = string, Q = unknown, B = unknown> {
	readonly params: ParamsOf<Path>;
	readonly query: Q;
	readonly body: B;
	readonly request: Request;
	readonly caller: Caller;
}

/**
 * One route: what answers a request, and all that is known of it. `summary`,
 * `description`, `answers` and `document` are for the API's document alone, and
 * are cut out of the bundle (tools/bundle/document-only.ts).
 */
export interface Route<Path extends string = string, Q = unknown, B = unknown> {
	readonly method: "GET" | "POST" | "PUT" | "DELETE";
	/** Parameters in braces: `/v1/commands/{id}`. */
	readonly path: Path;
	/** Names the route in generated clients. */
	readonly operationId: string;
	/** A few words, also for the table of docs/api.md. */
	readonly summary: string;
	readonly description?: string;
	/** What the caller's key must allow; absent: no key is needed. */
	readonly scope?: Scope;
	/** It keeps a key that is limited to products within them. Absent: such a key is refused. */
	readonly withinProducts?: true;
	/** A strict object of zod. */
	readonly query?: z.ZodMiniType<Q>;
	readonly body?: Body<B>;
	readonly headers?: readonly RequestHeader[];
	readonly answers: () => Answers;
	/** Beside those that follow from the rest, which `document/problems.ts` knows. */
	readonly problems?: readonly ProblemName[];
	handle(deps: HttpDeps, call: Call<Path, Q, B>): Promise<Response> | Response;
}

/**
 * A route whose handler knows the types of its parameters, query and body.
 *
 * @example
 * export const thingRoutes = [
 * 	route({
 * 		method: "GET",
 * 		path: "/v1/things/{id}",
 * 		operationId: "getThing",
 * 		summary: "One thing",
 * 		scope: "devices:read",
 * 		answers: () => ({ 200: { description: "The thing", schema: thing, example } }),
 * 		problems: ["not-found"],
 * 		handle: async (deps, { params }) => json(view(await load(deps, params.id))),
 * 	}),
 * ];
 */
export const route = <const Path extends string, Q = undefined, B = undefined>(
	spec: Route<Path, Q, B>,
): Route => spec as Route;
