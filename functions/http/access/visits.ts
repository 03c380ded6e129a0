import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../../shared/clock.ts";
import type { Caller } from "../../../shared/key/key.ts";
import type { Log } from "../../../shared/log.ts";
import type { AuditStore } from "../../../shared/store/audit-store.ts";
import { readTraceparent, traceOf } from "../../../shared/trace.ts";
import type { Route } from "../route.ts";
import { record } from "./audit-trail.ts";
import { sourceAddress } from "./source-address.ts";

/** What becomes known of a request on its way. */
interface Visit {
	readonly requestId: string;
	readonly address: string;
	route?: Route;
	/** Absent until the key is known to be right. */
	caller?: Caller;
	/** Id in the path. */
	id?: string;
}

/** What the handlers of Hono share in a request. */
export interface VisitEnv {
	// Given by the adapter of Node.js; a test that calls the application itself has none.
	readonly Bindings: { readonly incoming?: { readonly socket: { remoteAddress?: string } } };
	readonly Variables: { visit: Visit };
}

interface VisitDeps {
	readonly audit: AuditStore;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
}

/** Writes each change into the audit, and one line a request into the log. Neither is ever given a secret. */
export function visits(deps: VisitDeps): MiddlewareHandler<VisitEnv> {
	const { clock, log } = deps;
	return async (context, next) => {
		const { req } = context;
		const startedAt = clock.now();
		const visit: Visit = {
			requestId: req.header("x-fc-request-id") ?? "unknown",
			address: sourceAddress(req.raw.headers, context.env?.incoming?.socket.remoteAddress),
		};
		context.set("visit", visit);
		await next();
		const { requestId, address, route, caller } = visit;
		const traceparent = readTraceparent(req.header("traceparent"));
		const { status, headers } = context.res;
		if (route && route.method !== "GET" && caller) {
			const subject = visit.id ?? headers.get("location")?.split("/").at(-1);
			await record(deps, {
				at: startedAt,
				by: caller.name,
				keyId: caller.id,
				action: route.operationId,
				...(subject === undefined ? {} : { subject }),
				status,
				requestId,
				address,
			});
		}
		// Where Function Compute's request metrics have such a field, it has their name.
		log.info("request", {
			requestId,
			method: req.method,
			path: route?.path ?? "none",
			statusCode: status,
			durationMs: clock.now() - startedAt,
			clientIP: address,
			...(caller ? { key: caller.name } : {}),
			...traceOf({ source: traceparent === undefined ? {} : { traceparent } }),
		});
	};
}
