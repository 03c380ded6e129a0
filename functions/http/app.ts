import type { Context, HonoRequest } from "hono";
// Its router is the smallest: a request is for all that is used here, whatever its path.
import { Hono } from "hono/tiny";
import { Gate, refuseLimited, requireScope } from "./access/gate.ts";
import { KeyRing } from "./access/key-ring.ts";
import { type VisitEnv, visits } from "./access/visits.ts";
import { answerInTime } from "./answer-in-time.ts";
import { readJson } from "./body.ts";
import { crossOrigin } from "./cross-origin.ts";
import type { HttpDeps } from "./deps.ts";
import { finder } from "./find-routes.ts";
import { parseQuery } from "./list.ts";
import { unlessKnown } from "./preconditions.ts";
import { invalid, Problem, toProblem } from "./problem.ts";
import type { Call, Caller, Route } from "./route.ts";
import { FAMILIES } from "./routes/index.ts";

const ANYONE: Caller = { id: "", name: "anyone", scopes: [] };

/** The HTTP API, from a standard request to a standard response. */
export function createApp(deps: HttpDeps): Hono<VisitEnv> {
	const app = new Hono<VisitEnv>();
	const gate = new Gate(new KeyRing(deps), deps.clock);
	const admit = async ({ req, var: { visit } }: Context<VisitEnv>): Promise<Caller> => {
		visit.caller = await gate.admit(req.raw.headers, visit.address);
		return visit.caller;
	};
	app.use(visits(deps));
	if (deps.corsOrigins.length > 0) app.use(crossOrigin(deps.corsOrigins));
	app.use("/v1/*", answerInTime(deps.clock));
	const find = finder(FAMILIES);
	app.all("*", async (context) => {
		const { req, var: shared } = context;
		const found = await find(req.path);
		if (!found) {
			if (req.path.startsWith("/v1/")) await admit(context);
			throw notFound(req);
		}
		const { routes, params } = found;
		const method = req.method === "HEAD" ? "GET" : req.method;
		if (method === "OPTIONS") {
			return new Response(null, { status: 204, headers: { allow: allowed(routes) } });
		}
		const route = routes.find((one) => one.method === method);
		const { scope } = route ?? routes[0] ?? {};
		Object.assign(shared.visit, { route, id: params["id"] });
		const caller = scope === undefined ? ANYONE : await admit(context);
		if (!route) throw notAllowed(req, allowed(routes));
		if (scope !== undefined) requireScope(caller, scope);
		if (!route.withinProducts) refuseLimited(caller);
		const call = await readCall(route, params, req, caller, deps.clock.now());
		const response = await route.handle(deps, call);
		return method === "GET" ? unlessKnown(req.raw, response) : response;
	});
	app.onError((error, { req, var: { visit } }) => {
		const log = deps.log.with({ requestId: visit.requestId });
		return toProblem(log, error, `${req.method} ${req.path}`).toResponse();
	});
	return app;
}

function allowed(routes: readonly Route[]): string {
	const methods = routes.map(({ method }) => method);
	const head = methods.includes("GET") ? ["HEAD"] : [];
	return [...methods, ...head, "OPTIONS"].sort().join(", ");
}

const notFound = ({ method, path }: HonoRequest) =>
	new Problem("not-found", `${method} ${path}: see /openapi.json for what is here`);

const notAllowed = ({ method, path }: HonoRequest, allow: string) =>
	new Problem("method-not-allowed", `${method} ${path}: use ${allow}`, { headers: { allow } });

async function readCall(
	route: Route,
	params: Call["params"],
	req: HonoRequest,
	caller: Caller,
	now: number,
): Promise<Call> {
	const body = route.body?.read(await readJson(req.raw, route.body.maxBytes), now);
	if (body && !body.ok) throw invalid(body.errors);
	return {
		params,
		query: route.query && parseQuery(route.query, req.query()),
		body: body?.value,
		request: req.raw,
		caller,
	};
}
