import { idempotencyKeySchema, MAX_IDEMPOTENCY_KEY_LENGTH } from "../../shared/command/request.ts";
import { splitOutsideQuotes, unquoted } from "./header-lists.ts";
import { Problem } from "./problem.ts";

export const MAX_WAIT_SECONDS = 30;

/**
 * The key, as a quoted string (IETF draft "The Idempotency-Key HTTP Header
 * Field") or bare: both mean the same. @throws Problem
 */
export function idempotencyKey(headers: Headers): string | undefined {
	const given = headers.get("idempotency-key");
	if (given === null) return undefined;
	const value = unquoted(splitOutsideQuotes(given, ";")[0] ?? "") ?? given;
	if (!idempotencyKeySchema.safeParse(value).success) {
		throw new Problem(
			"invalid-request",
			`the header Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters, it has ${value.length}`,
		);
	}
	return value;
}

/**
 * Seconds of `Prefer: wait=N` (RFC 7240), at most 30; 0 without one. A
 * preference that cannot be read is no error: the standard has it ignored.
 */
export function preferredWait(headers: Headers): number {
	for (const preference of (headers.get("prefer") ?? "").split(",")) {
		const seconds = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:;.*)?$/i.exec(preference)?.[1];
		if (seconds) return Math.min(Number(seconds), MAX_WAIT_SECONDS);
	}
	return 0;
}

/**
 * The version that `If-Match` asks for (RFC 9110, section 13.1.1); undefined
 * without the header, and for `*`, which any version matches.
 * @throws Problem if it is no version of ours: then nothing can match it.
 */
export function ifMatch(headers: Headers): bigint | undefined {
	const value = headers.get("if-match")?.trim();
	if (value === undefined || value === "*") return undefined;
	const version = /^"(\d{1,18})"$/.exec(value)?.[1];
	if (version) return BigInt(version);
	throw new Problem(
		"version-conflict",
		'If-Match takes one version as it was given in the header ETag, such as "3"',
	);
}

export const etag = (version: bigint): string => `"${version}"`;
