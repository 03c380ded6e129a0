import * as z from "zod";

/** HTTP trigger event, version v1 (Function Compute 3.0, "HTTP trigger invocation"). */
const httpEventSchema = z.object({
	version: z.literal("v1"),
	rawPath: z.string(),
	body: z.string().nullish(),
	isBase64Encoded: z.boolean().nullish(),
	headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullish(),
	queryParameters: z.record(z.string(), z.string()).nullish(),
	requestContext: z.object({
		http: z.object({ method: z.string() }),
		requestId: z.string().nullish(),
	}),
});

export interface HttpAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly isBase64Encoded: false;
	readonly body: string;
}

/** The host in the URL means nothing: only path and query are read. */
const BASE = "http://function";

/**
 * The event as a standard request.
 * @throws Error if the event is no HTTP trigger event of version v1.
 */
export function toRequest(event: Buffer): Request {
	const parsed = httpEventSchema.parse(JSON.parse(event.toString("utf8")));
	const { method } = parsed.requestContext.http;
	const query = new URLSearchParams(parsed.queryParameters ?? {}).toString();
	const headers = new Headers();
	for (const [name, value] of Object.entries(parsed.headers ?? {})) {
		for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
	}
	const url = `${BASE}${parsed.rawPath || "/"}${query ? `?${query}` : ""}`;
	if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
	const body = Buffer.from(parsed.body ?? "", parsed.isBase64Encoded ? "base64" : "utf8");
	return new Request(url, { method, headers, body });
}

export async function toAnswer(response: Response): Promise<HttpAnswer> {
	return {
		statusCode: response.status,
		headers: Object.fromEntries(response.headers),
		isBase64Encoded: false,
		body: await response.text(),
	};
}
