import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLarge, listenHttp, readBody } from "../http-server.ts";
import type { LocalService } from "../service.ts";
import { help } from "./help.ts";
import { foreign } from "./local-only.ts";
import {
	type AdminParts,
	advance,
	clearFaults,
	fireTimer,
	listFaults,
	report,
	startFault,
	state,
} from "./operations.ts";
import { AdminProblem } from "./problem.ts";
import { resetStats, stats } from "./stats.ts";

const MAX_BODY_BYTES = 128 * 1024;

type Run = (parts: AdminParts, body: unknown, names: readonly string[]) => object | Promise<object>;

interface Route {
	readonly path: RegExp;
	readonly methods: Readonly<Record<string, Run>>;
}

const ROUTES: readonly Route[] = [
	{ path: /^\/state$/, methods: { GET: state } },
	{ path: /^\/stats$/, methods: { GET: stats } },
	{ path: /^\/stats\/reset$/, methods: { POST: resetStats } },
	{
		path: /^\/faults$/,
		methods: { GET: listFaults, POST: startFault, DELETE: clearFaults },
	},
	{ path: /^\/clock\/advance$/, methods: { POST: advance } },
	{
		path: /^\/devices\/([^/]+)\/report$/,
		methods: { POST: (parts, body, [deviceName = ""]) => report(parts, deviceName, body) },
	},
	{
		path: /^\/timers\/([^/]+)\/([^/]+)\/fire$/,
		methods: {
			POST: (parts, body, [functionName = "", triggerName = ""]) =>
				fireTimer(parts, functionName, triggerName, body),
		},
	},
];

/**
 * The admin address: faults, timers and time by hand, for people and for
 * programs at this machine. It listens on loopback only, asks for no key and
 * refuses what a web page sends.
 */
export async function startAdmin(port: number, parts: AdminParts): Promise<LocalService> {
	const { url, close } = await listenHttp(port, (request, response) => {
		answer(parts, url, request, response).catch((error: unknown) => {
			if (!response.headersSent) refuse(response, asProblem(error));
			else response.destroy();
		});
	});
	return { url, close };
}

async function answer(
	parts: AdminParts,
	url: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const text = (await readBody(request, MAX_BODY_BYTES)).toString("utf8");
	const stranger = foreign(request);
	if (stranger) throw new AdminProblem(403, stranger);
	const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
	const method = request.method ?? "GET";
	if (path === "/") {
		if (method !== "GET") throw new AdminProblem(405, `${method} is not known here`, "GET");
		response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
		response.end(help(url, parts.faults, parts.clockControl.virtual));
		return;
	}
	for (const route of ROUTES) {
		const match = route.path.exec(path);
		if (!match) continue;
		const run = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
		if (!run) {
			const allow = Object.keys(route.methods).join(", ");
			throw new AdminProblem(405, `${method} is not known here; ${allow} is`, allow);
		}
		const done = await run(parts, readJson(text), match.slice(1).map(decoded));
		response.writeHead(200, { "content-type": "application/json" });
		response.end(`${JSON.stringify(done, null, "\t")}\n`);
		return;
	}
	throw new AdminProblem(404, `there is nothing at ${path}; GET / says what there is`);
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw new AdminProblem(400, `${part} is not a rightly encoded name`);
	}
}

/** Whatever Content-Type says: curl's own is that of a form. */
function readJson(text: string): unknown {
	if (text.trim() === "") return {};
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new AdminProblem(400, `the body is not JSON: ${(error as Error).message}`);
	}
}

function asProblem(error: unknown): AdminProblem {
	if (error instanceof AdminProblem) return error;
	if (error instanceof BodyTooLarge) return new AdminProblem(413, error.message);
	return new AdminProblem(500, String(error));
}

function refuse(response: ServerResponse, { status, message, allow }: AdminProblem): void {
	response.writeHead(status, {
		"content-type": "application/problem+json",
		...(allow === undefined ? {} : { allow }),
	});
	response.end(`${JSON.stringify({ type: "about:blank", status, detail: message })}\n`);
}
