import { createHmac } from "node:crypto";

export interface SignedRequest {
	readonly method: string;
	/** As it was sent, with the query. */
	readonly url: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
}

/**
 * The signature of the header `authorization: FC <id>:<signature>` (Function
 * Compute, "Request signing"): base64 of HMAC-SHA256 over the method,
 * content-md5, content-type, date, the x-fc- headers and the decoded path. An
 * HTTP trigger's signature has the query's parameters behind the path.
 */
export function fcSignatures(request: SignedRequest, secret: string, withQuery: boolean): string[] {
	const mark = request.url.indexOf("?");
	const path = mark < 0 ? request.url : request.url.slice(0, mark);
	const query = mark < 0 ? "" : request.url.slice(mark + 1);
	const { headers } = request;
	const fcHeaders = Object.keys(headers)
		.filter((name) => name.startsWith("x-fc-"))
		.sort()
		.map((name) => `${name}:${headers[name]}\n`)
		.join("");
	const head = `${request.method}\n${headers["content-md5"] ?? ""}\n${headers["content-type"] ?? ""}\n${headers["date"] ?? ""}\n${fcHeaders}`;
	const tail = withQuery ? `\n${queryLines(query)}` : "";
	// SDKs differ in whether they sign the path encoded or decoded.
	const paths = new Set([decode(path), path]);
	return [...paths].map((signed) =>
		createHmac("sha256", secret).update(`${head}${signed}${tail}`).digest("base64"),
	);
}

function queryLines(query: string): string {
	return [...new URLSearchParams(query)]
		.map(([key, value]) => `${key}=${value}`)
		.sort()
		.join("\n");
}

function decode(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
