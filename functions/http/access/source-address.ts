import { isIP } from "node:net";

/**
 * Where a request comes from: the first address of `X-Forwarded-For`, which the
 * platform's gateway writes. A caller may have written a part of it, so it
 * slows down and records, and decides nothing.
 */
export function sourceAddress(headers: Headers): string {
	const forwarded = headers.get("x-forwarded-for")?.split(",")[0] ?? headers.get("x-real-ip");
	const address = forwarded?.trim() ?? "";
	return isIP(address) ? address : "unknown";
}
