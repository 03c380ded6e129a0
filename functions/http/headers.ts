import { idempotencyKeySchema, MAX_IDEMPOTENCY_KEY_LENGTH } from "../../shared/command/request.ts";
import { Problem } from "./problem.ts";

export const MAX_WAIT_SECONDS = 30;

/** @throws Problem if the key is empty or too long. */
export function idempotencyKey(headers: Headers): string | undefined {
	const value = headers.get("idempotency-key");
	if (value === null) return undefined;
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

/** Whether `If-Match` (RFC 9110, section 13.1.1) allows a change of this version: one of a list, or `*`. */
export function matchesVersion(headers: Headers, version: bigint): boolean {
	const wanted = headers.get("if-match")?.split(",");
	return !wanted || wanted.some((one) => ["*", etag(version)].includes(one.trim()));
}

/** Whether the caller means to create: `If-None-Match: *` (RFC 9110, section 13.1.2). */
export const mustBeNew = (headers: Headers): boolean =>
	headers.get("if-none-match")?.trim() === "*";

export const etag = (version: bigint): string => `"${version}"`;
