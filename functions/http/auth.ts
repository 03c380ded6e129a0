import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.ts";
import type { Caller, Route } from "./route.ts";

/** Says who calls. @throws Problem if the key is unknown, or may not use the route. */
export type Authorize = (request: Request, route?: Pick<Route, "scope">) => Promise<Caller>;

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Lets a request pass that carries one of the keys: `Authorization: Bearer <key>`. Each may do everything. */
export function authorizer({ apiKeys }: { readonly apiKeys: readonly string[] }): Authorize {
	const digests = apiKeys.map(digest);
	return async (request, route) => {
		const presented = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
		if (!presented) throw unauthorized("send the header Authorization: Bearer <key>");
		const given = digest(presented);
		// Every key is compared, in constant time: the answer's time tells nothing.
		const matches = digests.filter((key) => timingSafeEqual(key, given));
		if (matches.length === 0) throw unauthorized("this key is not one of API_KEYS");
		return permitted({ name: "API_KEYS", scopes: ["admin"] }, route);
	};
}

function permitted(caller: Caller, route: Pick<Route, "scope"> | undefined): Caller {
	const scope = route?.scope;
	if (!scope || caller.scopes.includes(scope) || caller.scopes.includes("admin")) return caller;
	throw new Problem("forbidden", `the key ${caller.name} has no scope ${scope}`);
}

const unauthorized = (detail: string) =>
	new Problem("unauthorized", detail, { headers: { "www-authenticate": "Bearer" } });
