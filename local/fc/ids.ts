import { randomBytes } from "node:crypto";

/** Request ids in the cloud look like `1-64f6cd87-<16 hex>-<12 hex>`: version, seconds, randomness. */
export function newRequestId(now: number): string {
	const seconds = Math.floor(now / 1_000)
		.toString(16)
		.padStart(8, "0");
	const random = randomBytes(14).toString("hex");
	return `1-${seconds}-${random.slice(0, 16)}-${random.slice(16)}`;
}

/** Request ids in a text. */
export function requestIdsIn(text: string): string[] {
	return text.match(/\b1-[\da-f]{8}-[\da-f]{16}-[\da-f]{12}\b/g) ?? [];
}

/** `c-<seconds>-<16 hex>-<12 hex>`, as `FC_INSTANCE_ID` has it. */
export function newInstanceId(now: number): string {
	return `c${newRequestId(now).slice(1)}`;
}
