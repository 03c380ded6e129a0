import { Hono, type HonoRequest } from "hono";
import { answerInTime } from "./answer-in-time.ts";
import { authorizer } from "./auth.ts";
import { readJson } from "./body.ts";
import type { HttpDeps } from "./deps.ts";
import { parseQuery } from "./list.ts";
import { invalid, Problem, toProblem } from "./problem.ts";
import type { Call, Caller, Route } from "./route.ts";
import { ROUTES } from "./routes/index.ts";

const ANYONE: Caller = { name: "anyone", scopes: [] };

/** The HTTP API, from a standard request to a standard response. */
export function createApp(deps: HttpDeps): Hono {
	const app = new Hono();
	const authorize = authorizer(deps);
	app.use("/v1/*", answerInTime(deps.clock));
	for (const [path, routes] of byPath(ROUTES)) {
		app.all(path.replace(/\{(\w+)\}/g, ":$1"), async ({ req }) => {
			const method = req.method === "HEAD" ? "GET" : req.method;
			const route = routes.find((one) => one.method === method);
			const open = (route ?? routes[0])?.scope === undefined;
			const caller = open ? ANYONE : await authorize(req.raw, route);
			if (route) return route.handle(deps, await readCall(route, req, caller));
			const allow = routes
				.map((one) => one.method)
				.sort()
				.join(", ");
			throw new Problem("method-not-allowed", `${req.method} ${req.path}: use ${allow}`, {
				headers: { allow },
			});
		});
	}
	app.notFound(async ({ req }) => {
		if (req.path.startsWith("/v1/")) await authorize(req.raw);
		throw new Problem("not-found", `${req.method} ${req.path}: see /openapi.json for what is here`);
	});
	app.onError((error, { req }) => {
		const log = deps.log.with({ requestId: req.header("x-fc-request-id") });
		return toProblem(log, error, `${req.method} ${req.path}`).toResponse();
	});
	return app;
}

/** The routes of each path; a path without parameters comes before one that would match it, too. */
function byPath(routes: readonly Route[]): Array<[path: string, routes: readonly Route[]]> {
	const paths = [...new Set(routes.map(({ path }) => path))];
	// "{" sorts behind every letter.
	return paths.sort().map((path) => [path, routes.filter((route) => route.path === path)]);
}

async function readCall(route: Route, req: HonoRequest, caller: Caller): Promise<Call> {
	const body = route.body?.read(await readJson(req.raw, route.body.maxBytes));
	if (body && !body.ok) throw invalid(body.errors);
	return {
		params: req.param(),
		query: route.query && parseQuery(route.query, req.query()),
		body: body?.value,
		request: req.raw,
		caller,
	};
}
