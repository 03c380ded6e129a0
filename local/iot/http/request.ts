import type { IncomingMessage } from "node:http";
import { readBody } from "../../http-server.ts";

/** The gateway takes bodies of up to 512 KB; more than any operation of this product needs. */
const MAX_BODY_BYTES = 512 * 1024;

/** One call, before anything in it is believed. */
export interface RpcRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
	/** Decoded pairs of the query string, in their order. */
	readonly query: ReadonlyArray<readonly [string, string]>;
	/** Decoded pairs of a form body. */
	readonly form: ReadonlyArray<readonly [string, string]>;
	readonly body: Buffer;
	/** Query and form together; the form wins. */
	readonly params: ReadonlyMap<string, string>;
}

/** @throws BodyTooLarge */
export async function readRequest(request: IncomingMessage): Promise<RpcRequest> {
	const body = await readBody(request, MAX_BODY_BYTES);
	const target = request.url ?? "/";
	const mark = target.indexOf("?");
	const query = mark < 0 ? [] : pairs(target.slice(mark + 1));
	const isForm = (request.headers["content-type"] ?? "").startsWith(
		"application/x-www-form-urlencoded",
	);
	const form = isForm && body.length > 0 ? pairs(body.toString("utf8")) : [];
	return {
		method: request.method ?? "GET",
		path: mark < 0 ? target : target.slice(0, mark),
		headers: request.headers,
		query,
		form,
		body,
		params: new Map([...query, ...form]),
	};
}

function pairs(text: string): Array<readonly [string, string]> {
	return [...new URLSearchParams(text)];
}

/** A header that is sent once. */
export function header(request: RpcRequest, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value) ? value.join(",") : value;
}

/** The repeated parameter `Name.1`, `Name.2`, …, in order; a plain `Name` counts as the only one. */
export function repeated(params: ReadonlyMap<string, string>, name: string): string[] {
	const values: string[] = [];
	for (let index = 1; ; index++) {
		const value = params.get(`${name}.${index}`);
		if (value === undefined) break;
		values.push(value);
	}
	const only = params.get(name);
	return values.length === 0 && only !== undefined ? [only] : values;
}
