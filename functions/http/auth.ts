import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Lets a request pass that carries one of the keys: `Authorization: Bearer <key>`. */
export function requireApiKey(keys: readonly string[]): MiddlewareHandler {
	const digests = keys.map(digest);
	return async (context, next) => {
		const presented = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
		if (!presented) {
			throw unauthorized("send the header Authorization: Bearer <key>");
		}
		const given = digest(presented);
		// Every key is compared, in constant time: the answer's time tells nothing.
		const matches = digests.filter((key) => timingSafeEqual(key, given));
		if (matches.length === 0) throw unauthorized("this key is not one of API_KEYS");
		await next();
	};
}

const unauthorized = (detail: string) =>
	new Problem("unauthorized", detail, { headers: { "www-authenticate": "Bearer" } });
