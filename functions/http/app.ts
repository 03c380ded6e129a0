import { Hono } from "hono";
import { MaybeAccepted } from "../../shared/lifecycle/accept.ts";
import type { Log } from "../../shared/log.ts";
import { TableError } from "../../shared/table/table.ts";
import { answerInTime } from "./answer-in-time.ts";
import { json } from "./answers.ts";
import { requireApiKey } from "./auth.ts";
import { commandRoutes } from "./commands.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import type { HttpDeps } from "./deps.ts";
import { openApi } from "./openapi.ts";
import { Problem } from "./problem.ts";
import { quotaRoutes } from "./quota.ts";
import { reactionRoutes } from "./reactions.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { scheduleRoutes } from "./schedules.ts";

/** The paths of the API and the methods that each takes; anything else is answered from this list. */
const PATHS: ReadonlyArray<readonly [path: string, methods: readonly string[]]> = [
	["/healthz", ["GET"]],
	["/openapi.json", ["GET"]],
	["/v1/commands", ["GET", "POST"]],
	["/v1/commands/:id", ["GET"]],
	["/v1/commands/:id/cancel", ["POST"]],
	["/v1/commands/:id/redrive", ["POST"]],
	["/v1/dead-letters", ["GET"]],
	["/v1/dead-letters/:id", ["GET"]],
	["/v1/dead-letters/:id/redrive", ["POST"]],
	["/v1/quota", ["GET"]],
	["/v1/reactions", ["GET", "POST"]],
	["/v1/reactions/:id", ["GET", "PUT", "DELETE"]],
	["/v1/reactions/:id/test", ["POST"]],
	["/v1/schedules", ["GET", "POST"]],
	["/v1/schedules/:id", ["GET", "PUT", "DELETE"]],
	["/v1/schedules/:id/preview", ["GET"]],
	["/v1/schedules/:id/pause", ["POST"]],
	["/v1/schedules/:id/resume", ["POST"]],
	["/v1/schedules/:id/skip", ["POST"]],
];

/** The HTTP API, from a standard request to a standard response. */
export function createApp(deps: HttpDeps): Hono {
	const app = new Hono();
	app.use("/v1/*", requireApiKey(deps.apiKeys), answerInTime(deps.clock));
	app.get("/healthz", () => json({ status: "ok" }));
	app.get("/openapi.json", () => Response.json(openApi()));
	app.route("/v1/commands", commandRoutes(deps));
	app.route("/v1/dead-letters", deadLetterRoutes(deps));
	app.route("/v1/quota", quotaRoutes(deps));
	app.route("/v1/schedules", scheduleRoutes(deps));
	app.route("/v1/reactions", reactionRoutes(deps));
	for (const route of jobRoutes) {
		app.on(route.method, route.path.replace(/\{(\w+)\}/g, ":$1"), ({ req }) =>
			route.handle(deps, { params: req.param(), query: req.query(), request: req.raw }),
		);
	}
	for (const [path, methods] of PATHS) {
		app.all(path, ({ req }) => {
			const allow = methods.join(", ");
			throw new Problem("method-not-allowed", `${req.method} ${req.path}: use ${allow}`, {
				headers: { allow },
			});
		});
	}
	app.notFound(({ req }) =>
		new Problem(
			"not-found",
			`${req.method} ${req.path}: see /openapi.json for what is here`,
		).toResponse(),
	);
	app.onError((error, { req }) => {
		const log = deps.log.with({ requestId: req.header("x-fc-request-id") });
		return toProblem(log, error, `${req.method} ${req.path}`).toResponse();
	});
	return app;
}

function toProblem(log: Log, error: Error, request: string): Problem {
	if (error instanceof Problem) return error;
	const { message, stack } = error;
	if (error instanceof MaybeAccepted) {
		log.warn("a command may be accepted, or not", { request, error: message });
		return new Problem(
			"store-unavailable",
			"the table store does not answer: the command may be accepted, or not; look for it by its id",
			{ headers: { "retry-after": "1" }, members: { commandId: error.commandId } },
		);
	}
	if (error instanceof TableError) {
		log.warn("the table store failed", { request, error: message });
		return new Problem("store-unavailable", `${error.code}: try again`, {
			headers: { "retry-after": String(error.retryAfterSeconds ?? 1) },
		});
	}
	log.error("a request failed", { request, error: message, stack });
	return new Problem("internal-error", "the log says more, under this request's id");
}
