import type { IncomingMessage, ServerResponse } from "node:http";

/** A request as it came. */
export interface Seen {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly text: string;
	readonly body: Readonly<Record<string, unknown>> | undefined;
}

export interface Answer {
	readonly status: number;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
}

export async function read(request: IncomingMessage): Promise<Seen> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString();
	const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
	return {
		method: request.method ?? "",
		path: decodeURIComponent(pathname),
		query: Object.fromEntries(searchParams),
		headers: request.headers as Record<string, string>,
		text,
		body: text ? JSON.parse(text) : undefined,
	};
}

export function write(response: ServerResponse, { status, body, headers }: Answer): void {
	const type = status >= 400 ? "application/problem+json" : "application/json";
	response.writeHead(status, { "content-type": type, ...headers });
	response.end(body === undefined ? "" : JSON.stringify(body));
}

export const problem = (status: number, name: string, detail: string, more = {}): Answer => ({
	status,
	body: { type: `urn:thingcast:problem:${name}`, title: name, status, detail, ...more },
});
