import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Credentials } from "../credentials.ts";
import type { Log } from "../log.ts";
import { contextOf, type FcContext } from "./context.ts";

/** Where Function Compute expects the server where it does not say otherwise ("Custom runtimes"). */
const DEFAULT_PORT = 9000;
/** An idle connection of Function Compute is kept open, so that no request meets one that is just being closed. */
const KEEP_ALIVE_MS = 900_000;
const MAX_HEADER_BYTES = 64 * 1024;
/** An asynchronous event takes 128 KB, a batch of messages up to 16 MB (Function Compute, "Quotas"). */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** What a function does; it knows no server. */
export interface FunctionHandlers {
	/** Takes an event; what it returns is the result, what it throws fails the invocation. */
	readonly handle?: (event: Buffer, context: FcContext) => Promise<unknown>;
	/** Takes what comes by the HTTP trigger. */
	readonly listen?: (request: IncomingMessage, response: ServerResponse) => unknown;
	/** Once, before the first invocation. */
	readonly initialize?: () => Promise<void>;
	/** Once, before the instance ends. */
	readonly stop?: () => Promise<void>;
}

interface ServerDeps {
	readonly role: { refresh(credentials: Partial<Credentials> | undefined): void };
	readonly log: Log;
}

/**
 * Serves a function as a custom runtime: many invocations at once, each with
 * the context and the credentials of its own request. Sources: Function
 * Compute, "Principles of custom runtimes", "Event functions", "Web functions".
 */
export function serve(
	handlers: FunctionHandlers,
	deps: ServerDeps,
	port = Number(process.env["FC_SERVER_PORT"] ?? DEFAULT_PORT),
): Server {
	const server = createServer(
		{ keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0 },
		(request, response) => {
			const context = contextOf(request.headers);
			deps.role.refresh(context.credentials);
			const path = request.headers["x-fc-control-path"] ?? request.url;
			// What a caller of the HTTP trigger asks for is none of these, whatever its path is.
			if (path === "/http-invoke" && handlers.listen) handlers.listen(request, response);
			else
				void answer(
					pathHandlers(handlers, request, context)[String(path)],
					response,
					deps,
					context,
				);
		},
	);
	process.once("SIGTERM", () => void end(server, handlers));
	return server.listen(port, "0.0.0.0");
}

type Work = () => Promise<unknown>;

function pathHandlers(
	{ handle, initialize, stop }: FunctionHandlers,
	request: IncomingMessage,
	context: FcContext,
): Readonly<Record<string, Work>> {
	return {
		...(handle ? { "/invoke": async () => handle(await readBody(request), context) } : {}),
		"/initialize": async () => initialize?.(),
		"/pre-stop": async () => stop?.(),
	};
}

/** A failed invocation is answered with status 404 and `x-fc-status: 404`. */
async function answer(
	work: Work | undefined,
	response: ServerResponse,
	{ log }: ServerDeps,
	{ requestId }: FcContext,
): Promise<void> {
	try {
		if (!work) throw new Error("this function has no handler for such an invocation");
		const result = await work();
		response.writeHead(200, { "content-type": "application/json" });
		response.end(JSON.stringify(result ?? null));
	} catch (error) {
		const { name, message } = error as Error;
		// As Function Compute's request metrics name them.
		log.error("the invocation failed", {
			requestId,
			hasFunctionError: true,
			errorType: name,
			error: message,
		});
		response.writeHead(404, { "content-type": "application/json", "x-fc-status": "404" });
		response.end(JSON.stringify({ errorType: name, errorMessage: message }));
	}
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const part of request) {
		bytes += (part as Buffer).length;
		if (bytes > MAX_EVENT_BYTES)
			throw new Error(`the event has more than ${MAX_EVENT_BYTES} bytes`);
		parts.push(part as Buffer);
	}
	return Buffer.concat(parts);
}

/** What has begun is finished, then the process ends by itself. */
async function end(server: Server, { stop }: FunctionHandlers): Promise<void> {
	server.close();
	server.closeIdleConnections();
	await stop?.();
}
