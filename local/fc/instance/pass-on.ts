import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { passedOn } from "./custom-headers.ts";
import type { ServerConnection } from "./server-connection.ts";

/** Set by the platform itself ("HTTP trigger overview", limits of response headers). */
const PLATFORM_HEADERS = ["date", "server"] as const;

/**
 * The caller's own method, path, query, headers and body go to the function's
 * server; its answer goes back as it comes, so that it may stream. When the
 * caller leaves, the request to the server ends as well.
 */
export async function passRequestOn(
	connection: ServerConnection,
	call: {
		readonly request: IncomingMessage;
		readonly body: Buffer;
		readonly response: ServerResponse;
	},
	context: Readonly<Record<string, string>>,
	signal: AbortSignal,
): Promise<void> {
	const { request, body, response } = call;
	const left = new AbortController();
	const onClose = () => left.abort();
	response.once("close", onClose);
	if (response.destroyed) left.abort();
	try {
		const answer = await connection.send({
			method: request.method ?? "GET",
			path: request.url ?? "/",
			headers: {
				...passedOn(request.headersDistinct, ["content-length"]),
				...(hasBody(request) ? { "content-length": String(body.length) } : {}),
				...context,
			},
			body,
			signal: AbortSignal.any([signal, left.signal]),
		});
		response.statusCode = answer.statusCode ?? 502;
		response.statusMessage = answer.statusMessage ?? "";
		response.setHeader("x-fc-request-id", context["x-fc-request-id"] ?? "");
		const passed = passedOn(answer.headersDistinct, PLATFORM_HEADERS);
		for (const [name, value] of Object.entries(passed)) response.setHeader(name, value);
		// The beginning of a stream says something before its first part comes.
		response.flushHeaders();
		await pipeline(answer, response);
	} catch (error) {
		// Nobody is left to be told.
		if (!left.signal.aborted) throw error;
	} finally {
		response.off("close", onClose);
	}
}

function hasBody(request: IncomingMessage): boolean {
	const { headers } = request;
	return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
