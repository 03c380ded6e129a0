import { idempotencyKeySchema, MAX_IDEMPOTENCY_KEY_LENGTH } from "../../shared/command/request.ts";
import { splitOutsideQuotes, unquoted } from "./header-lists.ts";
import { Problem } from "./problem.ts";

/**
 * The key, as a quoted string (IETF draft "The Idempotency-Key HTTP Header
 * Field") or bare: both mean the same. @throws Problem if it is empty or too long.
 */
export function idempotencyKey(headers: Headers): string | undefined {
	const given = headers.get("idempotency-key");
	if (given === null) return undefined;
	const key = unquoted(splitOutsideQuotes(given, ";")[0] ?? "") ?? given;
	if (!idempotencyKeySchema.safeParse(key).success) {
		throw new Problem(
			"invalid-request",
			`the header Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters, it has ${key.length}`,
		);
	}
	return key;
}
