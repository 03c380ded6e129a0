import { stringifyExact } from "../../../shared/json/exact.ts";
import * as z from "../../../shared/zod.ts";
import { Problem } from "../problem.ts";
import { route } from "../route.ts";
import { parseCursor } from "../stream/told.ts";
import { streamQuery, toFilter } from "./command-query.ts";
import { commandView } from "./command-view.ts";

/** Without a time limit in the request, the shortest that s.yaml gives any function. */
const DEFAULT_TIMEOUT_SECONDS = 60;
/** A stream ends by itself before Function Compute ends it. */
const END_MARGIN_MS = 10_000;

const HEADERS = {
	"content-type": "text/event-stream",
	"cache-control": "no-store",
	// For proxies that would gather an answer before they pass it on.
	"x-accel-buffering": "no",
};

export const streamOfCommands = route({
	method: "GET",
	path: "/v1/commands/stream",
	operationId: "streamCommands",
	summary: "Follow every change of a command, as server-sent events",
	description:
		"Each event has an `id`, the name `command` and as `data` the command as it is by then: of several changes within a moment the last one. A heartbeat comes every 15 s. It ends after some minutes; connect again with `Last-Event-ID`, and nothing is missed: what has changed since then comes first. Of a busy last quarter of a minute some may come twice",
	scope: "commands:read",
	withinProducts: true,
	query: streamQuery,
	headers: ["Last-Event-ID"],
	answers: () => ({
		200: {
			description: "Events, as they come",
			schema: z.string(),
			example: 'id: 1764572400310\nevent: command\ndata: {"id":"01KATZ5Y3RQ9K0M8V7D4N2XHBC"}\n\n',
			contentType: "text/event-stream",
		},
	}),
	async handle(deps, { query, request, caller }) {
		const filter = await toFilter(deps, query, caller);
		const last = request.headers.get("last-event-id");
		const cursor = last ? parseCursor(last) : undefined;
		if (last && !cursor) {
			throw new Problem("invalid-cursor", "Last-Event-ID takes the id of an event of this stream");
		}
		if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
		const seconds = Number(request.headers.get("x-fc-function-timeout")) || DEFAULT_TIMEOUT_SECONDS;
		const body = await deps.streams.open({
			filter,
			...(cursor ? { cursor } : {}),
			until: deps.clock.now() + seconds * 1_000 - END_MARGIN_MS,
			view: (command) => stringifyExact(commandView(command)),
		});
		return new Response(body, { headers: HEADERS });
	},
});
