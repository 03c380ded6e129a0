import * as z from "../../../shared/zod.ts";
import { PROBLEMS, type ProblemName } from "../problem.ts";
import type { Route } from "../route.ts";
import { fieldsOf, type Json, type Schemas } from "./schemas.ts";

const problemSchema = z
	.looseObject({
		type: z
			.string()
			.check(z.describe("`urn:thingcast:problem:` and the problem's name, which stays")),
		title: z.string(),
		status: z.int(),
		detail: z.string(),
		errors: z
			.optional(z.array(z.object({ pointer: z.string(), detail: z.string() })))
			.check(z.describe("Each wrong field: a JSON pointer (RFC 6901), and what is wrong there")),
	})
	.check(z.meta({ id: "Problem", description: "Problem details (RFC 9457)" }));

/** All that can go wrong in a route: what follows from its form, and what it names itself. */
export function problemsOf({
	scope,
	query,
	body,
	headers = [],
	problems = [],
}: Route): ProblemName[] {
	const readsIds = headers.includes("Idempotency-Key") || headers.includes("If-None-Match");
	const found: Array<ProblemName | false> = [
		body !== undefined && "malformed-json",
		(query !== undefined || body !== undefined || readsIds) && "invalid-request",
		query !== undefined && "cursor" in fieldsOf(query) && "invalid-cursor",
		scope !== undefined && "unauthorized",
		scope !== undefined && "forbidden",
		scope !== undefined && "too-many-requests",
		...problems,
		(problems.includes("not-found") || readsIds) && "damaged-document",
		headers.includes("If-Match") && "version-conflict",
		body !== undefined && "body-too-large",
		body !== undefined && "unsupported-media-type",
		"internal-error",
		scope !== undefined && "store-unavailable",
	];
	return [...new Set(found.filter((name) => name !== false))];
}

const HEADERS: Partial<Record<number, readonly string[]>> = {
	401: ["WWW-Authenticate"],
	412: ["ETag"],
	429: ["Retry-After"],
	503: ["Retry-After"],
};

/** The answers for these problems, one a status; each is kept once, in `responses`. */
export function problemAnswers(
	names: readonly ProblemName[],
	schemas: Schemas,
	responses: Map<string, Json>,
): Json {
	const statuses = [...new Set(names.map((name) => PROBLEMS[name].status))];
	return Object.fromEntries(
		statuses.map((status) => {
			const these = names.filter((name) => PROBLEMS[name].status === status);
			const key = these.join("_or_");
			if (!responses.has(key)) responses.set(key, answerOf(status, these, schemas));
			return [status, { $ref: `#/components/responses/${key}` }];
		}),
	);
}

function answerOf(status: number, names: readonly ProblemName[], schemas: Schemas): Json {
	const headers = HEADERS[status];
	const examples = names.map((name) => [name, { value: example(name) }] as const);
	return {
		description: names.map((name) => PROBLEMS[name].title).join(", or: "),
		...(headers ? { headers: headersOf(headers) } : {}),
		content: {
			"application/problem+json": {
				schema: schemas.add(problemSchema),
				examples: Object.fromEntries(examples),
			},
		},
	};
}

export const headersOf = (names: readonly string[]): Json =>
	Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

function example(name: ProblemName): Json {
	const { status, title } = PROBLEMS[name];
	const { detail, ...members } = EXAMPLES[name];
	return { type: `urn:thingcast:problem:${name}`, title, status, detail, ...members };
}

const id = "01KATZ5Y3RQ9K0M8V7D4N2XHBC";
const missing = { pointer: "/service", detail: "is required" };

const EXAMPLES: Readonly<
	Record<ProblemName, { readonly detail: string; readonly [more: string]: unknown }>
> = {
	"malformed-json": { detail: "the body is empty" },
	"invalid-request": { detail: "/service: is required", errors: [missing] },
	"invalid-cursor": { detail: "use the cursor of an earlier page, as it was" },
	unauthorized: { detail: "send the header Authorization: Bearer <key>" },
	forbidden: {
		detail: 'the key "dashboard" lacks the scope commands:write',
		scope: "commands:write",
	},
	"not-found": { detail: `there is nothing with the id ${id}` },
	"method-not-allowed": { detail: "DELETE /v1/commands: use GET, HEAD, OPTIONS, POST" },
	"idempotency-conflict": { detail: `the key was first used, with another body, for ${id}` },
	"state-conflict": { detail: "the state is sent" },
	"damaged-document": {
		detail: `the row ${id} of table schedules is not readable: when: is required`,
	},
	"version-conflict": { detail: "its version is 3 now: read it again", version: 3 },
	"unsupported-media-type": {
		detail: "send Content-Type: application/json (curl: --json), in UTF-8; this is text/plain",
	},
	"too-many-requests": { detail: "this key may make 20 requests a second" },
	"body-too-large": { detail: "the body has 70000 bytes, 65536 are allowed", limitBytes: 65536 },
	"unusable-dead-letter": { detail: "/service: is required", errors: [missing] },
	"internal-error": { detail: "the log says more, under this request's id" },
	"store-unavailable": { detail: "OTSTimeout: try again" },
};
