import type { IncomingMessage } from "node:http";

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/**
 * Why a request may come from a web page rather than from a person at this
 * machine; undefined if it does not. A page's request carries `Origin`, or says
 * where it comes from (`Sec-Fetch-Site`); a page whose host name was pointed at
 * this machine (DNS rebinding) carries that name in `Host`. What a person types
 * into the address bar says `none`.
 */
export function foreign({ headers }: IncomingMessage): string | undefined {
	if (!LOOPBACK.test(headers.host ?? "")) return "Host must be 127.0.0.1 or localhost";
	if (headers.origin !== undefined) return "requests of web pages (Origin) are refused";
	const site = headers["sec-fetch-site"];
	if (site !== undefined && site !== "none") {
		return "requests of web pages (Sec-Fetch-Site) are refused";
	}
	return undefined;
}
