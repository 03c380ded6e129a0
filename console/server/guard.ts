import type { IncomingMessage } from "node:http";

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a request is not for the console, or undefined. The process adds the key
 * to what it passes on, so nothing but its own page may ask: no page of another
 * origin (Origin, Sec-Fetch-Site), and no name that only leads here (Host, which
 * is what DNS rebinding cannot change).
 */
export function refusalOf({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
	const { host = "", origin } = headers;
	if (!LOOPBACK.test(host)) return `the host ${host} is not this machine: use http://127.0.0.1`;
	if (origin !== undefined && origin !== `http://${host}`) {
		return `pages of ${origin} may not use this console`;
	}
	const site = headers["sec-fetch-site"] ?? "none";
	if (site !== "same-origin" && site !== "none") {
		// A link on another page may open the console, and no more.
		if (headers["sec-fetch-mode"] !== "navigate") return "other pages may not use this console";
	}
	return undefined;
}
