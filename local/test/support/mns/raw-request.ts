import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { account } from "./service.ts";

export interface RawRequest {
	readonly method?: string;
	readonly target: string;
	readonly body?: string;
	readonly headers?: Record<string, string>;
	/** Names of headers that are not sent. */
	readonly without?: readonly string[];
	/** Replaces the computed one. */
	readonly authorization?: string;
	readonly secret?: string;
	readonly signal?: AbortSignal;
}

export interface RawAnswer {
	readonly status: number;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly body: string;
}

/** One request as the clients in other languages make it, with what a test wants to be different. */
export function raw(url: string, options: RawRequest): Promise<RawAnswer> {
	const { method = "GET", target, body = "", secret = account.root.accessKeySecret } = options;
	const headers: Record<string, string> = {
		date: new Date().toUTCString(),
		"x-mns-version": "2015-06-06",
		"content-type": "text/xml;charset=UTF-8",
		...options.headers,
	};
	if (body !== "") headers["content-md5"] ??= contentMd5(body);
	for (const name of options.without ?? []) delete headers[name];
	headers["authorization"] =
		options.authorization ??
		`MNS ${account.root.accessKeyId}:${signV2(method, target, headers, secret)}`;
	if (options.without?.includes("authorization")) delete headers["authorization"];
	return new Promise((resolve, reject) => {
		const { signal } = options;
		const sent = httpRequest(
			url + target,
			{ method, headers, agent: false, ...(signal ? { signal } : {}) },
			(response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("end", () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: response.headers,
						body: Buffer.concat(chunks).toString("utf8"),
					}),
				);
				response.on("error", reject);
			},
		);
		sent.on("error", reject);
		sent.end(body);
	});
}

/** The documented form: Base64 of the hexadecimal MD5. */
export function contentMd5(body: string): string {
	return Buffer.from(createHash("md5").update(body).digest("hex")).toString("base64");
}

function signV2(
	method: string,
	target: string,
	headers: Record<string, string>,
	secret: string,
): string {
	const own = Object.entries(headers)
		.filter(([name]) => name.startsWith("x-mns-"))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => `${name}:${value}\n`)
		.join("");
	const text = [
		method,
		headers["content-md5"] ?? "",
		headers["content-type"] ?? "",
		headers["date"] ?? "",
		own + target,
	].join("\n");
	return createHmac("sha1", secret).update(text).digest("base64");
}

/** `<Code>` of an error answer. */
export function codeOf(answer: RawAnswer): string | undefined {
	return /<Code>(\w+)<\/Code>/.exec(answer.body)?.[1];
}
