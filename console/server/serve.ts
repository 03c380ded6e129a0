import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConsoleFiles, readConsole } from "../../shared/console/files.ts";
import { refusalOf } from "./guard.ts";
import { withHeldKey } from "./held-key.ts";
import { type Api, passOn, refuse } from "./proxy.ts";

export interface ConsoleOptions {
	readonly api: Api;
	/** Of the built files. */
	readonly folder: string;
	/** 0: any that is free. */
	readonly port: number;
}

export interface Console {
	readonly url: string;
	readonly server: Server;
	close(): Promise<void>;
}

const FROM_API = /^\/(v1(\/|\?|$)|healthz$|openapi\.json$)/;

/** The console on this machine alone: it holds the key, and the page never sees it. */
export async function serveConsole({ api, folder, port }: ConsoleOptions): Promise<Console> {
	const files = withHeldKey(readConsole(folder), api.url);
	const server = createServer((request, response) => answer(files, api, request, response));
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	const { port: taken } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${taken}/console/`,
		server,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function answer(
	files: ConsoleFiles,
	api: Api,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const refusal = refusalOf(request);
	if (refusal !== undefined) {
		refuse(response, 403, "forbidden", refusal);
		return;
	}
	const { url = "/", method } = request;
	if (FROM_API.test(url)) {
		passOn(api, request, response);
		return;
	}
	const [path = ""] = url.split("?");
	if (path === "/" || path === "/console") {
		response.writeHead(302, { location: "/console/" }).end();
		return;
	}
	const file = files.get(path === "/console/" ? "index.html" : path.replace("/console/", ""));
	if (!file) refuse(response, 404, "not-found", `there is no ${path}`);
	else if (method !== "GET" && method !== "HEAD")
		refuse(response, 405, "method-not-allowed", "use GET");
	else response.writeHead(200, file.headers).end(method === "HEAD" ? undefined : file.bytes);
}
