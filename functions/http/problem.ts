import type { FieldError } from "../../shared/command/request.ts";

/** Every error of the API, under the stable name that its `type` ends with. */
const PROBLEMS = {
	"malformed-json": { status: 400, title: "The body is not JSON" },
	"invalid-request": { status: 400, title: "The request has fields that are missing or wrong" },
	"invalid-cursor": { status: 400, title: "The cursor is not one that this list gave" },
	unauthorized: { status: 401, title: "The API key is missing or wrong" },
	"not-found": { status: 404, title: "There is nothing here" },
	"method-not-allowed": { status: 405, title: "The method is not allowed here" },
	"idempotency-conflict": { status: 409, title: "The idempotency key stands for something else" },
	"state-conflict": { status: 409, title: "The state does not allow this" },
	"version-conflict": { status: 412, title: "Somebody else changed it meanwhile" },
	"body-too-large": { status: 413, title: "The body is too large" },
	"unusable-dead-letter": { status: 422, title: "The dead letter is still no command" },
	"internal-error": { status: 500, title: "Something went wrong here" },
	"store-unavailable": { status: 503, title: "The table store does not answer" },
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** An error that the caller is told, as RFC 9457 problem details. */
export class Problem extends Error {
	readonly problem: ProblemName;
	readonly extra: {
		readonly errors?: readonly FieldError[];
		readonly headers?: Record<string, string>;
		readonly members?: Readonly<Record<string, unknown>>;
	};

	constructor(problem: ProblemName, detail: string, extra: Problem["extra"] = {}) {
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
			headers: { "content-type": "application/problem+json", ...this.extra.headers },
		});
	}
}
