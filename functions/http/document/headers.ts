import { MAX_IDEMPOTENCY_KEY_LENGTH } from "../../../shared/command/request.ts";
import { MAX_WAIT_SECONDS } from "../prefer.ts";
import type { AnswerHeader, RequestHeader } from "../route.ts";

const text = { type: "string" } as const;

/** What each header of a request asks for. */
export const REQUEST_HEADERS: Readonly<Record<RequestHeader, object>> = {
	"Idempotency-Key": {
		description:
			"The same key and body of the same caller give what the first request made, for a day; another body is 409. Quoted or bare is the same",
		schema: { ...text, minLength: 1, maxLength: MAX_IDEMPOTENCY_KEY_LENGTH },
		example: "order-17",
	},
	Prefer: {
		description: `\`wait=N\`, N up to ${MAX_WAIT_SECONDS} seconds: answer once the command has ended (RFC 7240)`,
		schema: text,
		example: "wait=10",
	},
	"If-Match": {
		description: "Versions from `ETag`, separated by commas; 412 if it has another one now",
		schema: text,
		example: '"3"',
	},
	"If-None-Match": {
		description:
			"Versions from `ETag`, separated by commas. On `GET`: 304 if it has one of them still. On a change: 412 if it has one of them; `*` creates it with the id of the path, a ULID, and is 412 if it exists",
		schema: text,
		example: '"3"',
	},
	"Last-Event-ID": {
		description: "The id of the last event that has arrived: what came after it follows",
		schema: text,
	},
};

type Sent = AnswerHeader | "Retry-After" | "WWW-Authenticate";

/** What each header of an answer says. */
export const ANSWER_HEADERS: Readonly<Record<Sent, object>> = {
	ETag: { description: "The version, for `If-Match` and `If-None-Match`", schema: text },
	"Idempotent-Replayed": {
		description: "Present when an earlier request with this key made it",
		schema: { ...text, const: "true" },
	},
	Link: { description: "The next page, where there is one (RFC 8288)", schema: text },
	Location: { description: "The path of what was made", schema: text },
	"Preference-Applied": { description: "How long the answer could wait", schema: text },
	"Retry-After": {
		description: "Seconds to wait before the next try",
		schema: { type: "integer", minimum: 0 },
	},
	"WWW-Authenticate": { description: "How to send a key", schema: text },
};
