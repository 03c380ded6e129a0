/** RFC 9457, as the API answers every error. */
export interface Problem {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly detail?: string;
	/** What is wrong, field by field; `pointer` is a JSON pointer into the body. */
	readonly errors?: ReadonlyArray<{ readonly pointer: string; readonly detail: string }>;
	readonly [member: string]: unknown;
}

/** Everything that this client throws, but the reason of a signal of yours. */
export class ThingcastError extends Error {
	override readonly name = "ThingcastError";
	readonly problem: Problem;
	/** The stable end of the problem's type, such as `not-found`; `no-answer` if there was none. */
	readonly code: string;

	/** What was asked for, such as `GET /v1/commands`. */
	readonly request: string;

	constructor(problem: Problem, request: string, cause?: unknown) {
		super(problem.detail ?? problem.title, { cause });
		this.request = request;
		this.problem = problem;
		this.code = problem.type.split(/[:/]/).pop() || "error";
	}

	/** Of the answer; 0 if there was none. */
	get status(): number {
		return this.problem.status;
	}
}

/** Also for answers that are none of the API's, such as a gateway's page. */
export async function problemOf(response: Response, request: string): Promise<ThingcastError> {
	const { status, statusText } = response;
	const text = await response.text().catch(() => "");
	const title = statusText || `HTTP ${status}`;
	let problem: Problem = { type: `http:${status}`, title, status, detail: text.slice(0, 200) };
	try {
		const body = JSON.parse(text);
		if (typeof body.type === "string") problem = { title, ...body, status };
	} catch {
		// The text itself is the detail.
	}
	return new ThingcastError(problem, request);
}
