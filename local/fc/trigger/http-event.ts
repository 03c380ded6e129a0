import type { IncomingMessage } from "node:http";
import type { Account } from "../../account.ts";

/*
 * The event of an HTTP trigger in a built-in runtime: Function Compute 3.0,
 * "Use an HTTP trigger to invoke a function", "Request struct".
 */

const TEXT_TYPES =
	/^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|graphql|yaml|problem\+json)|[^;]+\+(json|xml))/i;

export function httpEvent(
	request: IncomingMessage,
	body: Buffer,
	info: { readonly account: Account; readonly requestId: string; readonly now: number },
): Buffer {
	const url = request.url ?? "/";
	const mark = url.indexOf("?");
	const rawPath = mark < 0 ? url : url.slice(0, mark);
	const domainName = request.headers.host ?? "127.0.0.1";
	const text = bodyText(request, body);
	return Buffer.from(
		JSON.stringify({
			version: "v1",
			rawPath,
			body: text ?? body.toString("base64"),
			isBase64Encoded: text === undefined,
			headers: eventHeaders(request),
			queryParameters: queryParameters(mark < 0 ? "" : url.slice(mark + 1)),
			requestContext: {
				accountId: info.account.accountId,
				domainName,
				domainPrefix: domainName.split(".")[0],
				http: {
					method: request.method,
					path: decodePath(rawPath),
					protocol: `HTTP/${request.httpVersion}`,
					sourceIp: request.socket.remoteAddress ?? "",
					userAgent: request.headers["user-agent"] ?? "",
				},
				requestId: info.requestId,
				time: `${new Date(info.now).toISOString().slice(0, 19)}Z`,
				timeEpoch: String(info.now),
			},
		}),
	);
}

/** The body as text, or undefined if it has to travel in base64. */
function bodyText(request: IncomingMessage, body: Buffer): string | undefined {
	if (body.length === 0) return "";
	const type = request.headers["content-type"] ?? "";
	if (request.headers["content-encoding"] || !TEXT_TYPES.test(type)) return undefined;
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
	} catch {
		return undefined;
	}
}

/** Names as the cloud's gateway spells them, `Content-Type`; several values joined by commas. */
function eventHeaders(request: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, values] of Object.entries(request.headersDistinct)) {
		if (values) headers[canonicalName(name)] = values.join(",");
	}
	return headers;
}

function canonicalName(name: string): string {
	return name.replace(
		/(^|-)([a-z])/g,
		(_, dash: string, letter: string) => dash + letter.toUpperCase(),
	);
}

function queryParameters(query: string): Record<string, string> {
	const parameters: Record<string, string> = {};
	for (const [key, value] of new URLSearchParams(query)) {
		parameters[key] = Object.hasOwn(parameters, key) ? `${parameters[key]},${value}` : value;
	}
	return parameters;
}

function decodePath(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
