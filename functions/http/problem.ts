import type { FieldError } from "../../shared/command/request.ts";
import { MaybeAccepted } from "../../shared/lifecycle/accept.ts";
import type { Log } from "../../shared/log.ts";
import { DamagedRow } from "../../shared/store/document-store.ts";
import { TableError } from "../../shared/table/table.ts";

/** Every error of the API, under the stable name that its `type` ends with. */
export const PROBLEMS = {
	"malformed-json": { status: 400, title: "The body is not JSON" },
	"invalid-request": { status: 400, title: "The request has fields that are missing or wrong" },
	"invalid-cursor": { status: 400, title: "The cursor is not one that this list gave" },
	unauthorized: { status: 401, title: "The API key is missing or wrong" },
	forbidden: { status: 403, title: "The API key does not allow this" },
	"not-found": { status: 404, title: "There is nothing here" },
	"method-not-allowed": { status: 405, title: "The method is not allowed here" },
	"idempotency-conflict": { status: 409, title: "The idempotency key stands for something else" },
	"state-conflict": { status: 409, title: "The state does not allow this" },
	"damaged-document": { status: 409, title: "The stored document cannot be read" },
	"version-conflict": { status: 412, title: "Somebody else changed it meanwhile" },
	"unsupported-media-type": { status: 415, title: "The body is in a form that is not read here" },
	"body-too-large": { status: 413, title: "The body is too large" },
	"unusable-dead-letter": { status: 422, title: "The dead letter is still no command" },
	"too-many-requests": { status: 429, title: "Too many requests" },
	"internal-error": { status: 500, title: "Something went wrong here" },
	"store-unavailable": { status: 503, title: "The table store does not answer" },
} as const;

/** Statuses that pass: each says when to come back. */
const COMES_BACK: readonly number[] = [429, 503];

export type ProblemName = keyof typeof PROBLEMS;

interface Extra {
	readonly errors?: readonly FieldError[];
	readonly headers?: Record<string, string>;
	readonly members?: Readonly<Record<string, unknown>>;
}

/** An error that the caller is told, as RFC 9457 problem details. */
export class Problem extends Error {
	readonly problem: ProblemName;
	readonly extra: Extra;

	constructor(problem: ProblemName, detail: string, extra: Extra = {}) {
		super(detail);
		this.problem = problem;
		this.extra = extra;
	}

	toResponse(): Response {
		const { status, title } = PROBLEMS[this.problem];
		const body = {
			type: `urn:thingcast:problem:${this.problem}`,
			title,
			status,
			detail: this.message,
			...(this.extra.errors ? { errors: this.extra.errors } : {}),
			...this.extra.members,
		};
		return new Response(JSON.stringify(body), {
			status,
			headers: {
				"content-type": "application/problem+json",
				...(COMES_BACK.includes(status) ? { "retry-after": "1" } : {}),
				...this.extra.headers,
			},
		});
	}
}

/** The fields that are wrong, in one sentence and one by one. */
export function invalid(errors: readonly FieldError[], name: ProblemName = "invalid-request") {
	const sentence = errors.map(({ pointer, detail }) => `${pointer || "body"}: ${detail}`);
	return new Problem(name, sentence.join("; "), { errors });
}

/** @param ms until the next request may be made. */
export const tooMany = (detail: string, ms: number) =>
	new Problem("too-many-requests", detail, {
		headers: { "retry-after": String(Math.ceil(ms / 1000)) },
	});

const damaged = (message: string) =>
	new Problem(
		"damaged-document",
		`${message}. Deploy the version that wrote it, or remove it: by DELETE where there is one, otherwise its row`,
	);

/** What the caller is told of any error; what is no fault of the caller's is logged. */
export function toProblem(log: Log, error: Error, request: string): Problem {
	if (error instanceof Problem) return error;
	const { message, stack } = error;
	if (error instanceof MaybeAccepted) {
		log.warn("a command may be accepted, or not", { request, error: message });
		return new Problem(
			"store-unavailable",
			"the table store does not answer: the command may be accepted, or not; look for it by its id",
			{ members: { commandId: error.commandId } },
		);
	}
	if (error instanceof TableError) {
		log.warn("the table store failed", { request, error: message });
		return new Problem("store-unavailable", `${error.code}: try again`, {
			headers: { "retry-after": String(error.retryAfterSeconds ?? 1) },
		});
	}
	if (error instanceof DamagedRow) {
		log.error("a document is damaged", { request, error: message });
		return damaged(message);
	}
	log.error("a request failed", { request, error: message, stack });
	// Times that callers give are checked: this one is stored.
	if (error instanceof RangeError && message === "Invalid time value") return damaged(message);
	return new Problem("internal-error", "the log says more, under this request's id");
}
