import type { SignedRequest } from "./signed-request.ts";

export interface V4Scope {
	/** `yyyyMMdd`, UTC. */
	readonly date: string;
	readonly region: string;
}

/**
 * The text that a V4 signature signs. Unlike in other products' V4 the canonical
 * request stands in it whole, not as a hash (read in the official Java client,
 * MNSV4Signer of aliyun/aliyun-mns-java-sdk 1.3).
 */
export function canonicalV4(request: SignedRequest, scope: V4Scope): string {
	const [path = "/", query = ""] = splitOnce(request.target, "?");
	const date = new Date(Date.parse(request.headers.date ?? ""));
	const stamp = Number.isNaN(date.getTime())
		? ""
		: `${date.toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`;
	return [
		"MNS4-HMAC-SHA256",
		stamp,
		`${scope.date}/${scope.region}/mns/aliyun_v4_request`,
		request.method,
		encode(decode(path)).replaceAll("%2F", "/"),
		canonicalQuery(query),
		`${canonicalHeaders(request)}\n`,
	].join("\n");
}

function canonicalQuery(query: string): string {
	if (query === "") return "";
	const pairs = query.split("&").map((pair): [string, string] => {
		const [name = "", value = ""] = splitOnce(pair, "=");
		return [encode(decode(name).trim().toLowerCase()), encode(decode(value).trim())];
	});
	return pairs
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => (value === "" ? name : `${name}=${value}`))
		.join("&");
}

function canonicalHeaders({ headers }: SignedRequest): string {
	return Object.keys(headers)
		.filter(
			(name) => name === "content-type" || name === "content-md5" || name.startsWith("x-mns-"),
		)
		.sort()
		.map((name) => `${name}:${String(headers[name]).trim()}\n`)
		.join("");
}

function splitOnce(text: string, separator: string): [string, string?] {
	const at = text.indexOf(separator);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
