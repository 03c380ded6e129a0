import { isIP } from "node:net";

/**
 * Where a request comes from: the first address of `X-Forwarded-For`, which the
 * platform's gateway writes. A caller may have written a part of it, so it
 * slows down and records, and decides nothing.
 *
 * @param neighbour who has the connection: right where there is no gateway.
 */
export function sourceAddress(headers: Headers, neighbour = "unknown"): string {
	const address = headers.get("x-forwarded-for")?.split(",")[0]?.trim() ?? "";
	return isIP(address) ? address : neighbour;
}
