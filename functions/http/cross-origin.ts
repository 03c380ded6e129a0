import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

const HOUR_SECONDS = 3_600;

/** Lets the pages of these origins call the API; their keys travel in a header, so no cookie is concerned. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
	const answer = cors({
		origin: origins.includes("*") ? "*" : [...origins],
		allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
		allowHeaders: [
			"Authorization",
			"Content-Type",
			"Idempotency-Key",
			"If-Match",
			"If-None-Match",
			"Last-Event-ID",
			"Prefer",
		],
		exposeHeaders: [
			"ETag",
			"Idempotent-Replayed",
			"Link",
			"Location",
			"Preference-Applied",
			"Retry-After",
			"WWW-Authenticate",
		],
		maxAge: HOUR_SECONDS,
	});
	// An OPTIONS that is no preflight of a browser gets the API's own answer.
	return (context, next) => (isCrossOrigin(context.req.raw) ? answer(context, next) : next());
}

const isCrossOrigin = ({ method, headers }: Request): boolean =>
	headers.has("origin") && (method !== "OPTIONS" || headers.has("access-control-request-method"));
