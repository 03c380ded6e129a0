import { Hono } from "hono";
import type { HttpDeps } from "./deps.ts";

/** `/v1/quota`: what is left of the account's calls, and who used them. */
export function quotaRoutes(deps: HttpDeps): Hono {
	const routes = new Hono();
	routes.get("/", async () => Response.json(await deps.quota()));
	return routes;
}
