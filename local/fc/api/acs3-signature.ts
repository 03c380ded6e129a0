import { createHash, createHmac } from "node:crypto";
import type { SignedRequest } from "./fc-signature.ts";

const ALGORITHM = "ACS3-HMAC-SHA256";

export interface Acs3Authorization {
	readonly accessKeyId: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
}

/** `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…` */
export function parseAcs3(authorization: string): Acs3Authorization | undefined {
	if (!authorization.startsWith(`${ALGORITHM} `)) return undefined;
	const parts = new Map<string, string>();
	for (const part of authorization.slice(ALGORITHM.length + 1).split(",")) {
		const equals = part.indexOf("=");
		if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
	}
	const accessKeyId = parts.get("Credential");
	const signature = parts.get("Signature");
	const signedHeaders = parts.get("SignedHeaders");
	if (!accessKeyId || !signature || !signedHeaders) return undefined;
	return { accessKeyId, signature, signedHeaders: signedHeaders.split(";") };
}

/** Alibaba Cloud, "V3 request structure and signature". */
export function acs3Signature(
	request: SignedRequest,
	signedHeaders: readonly string[],
	secret: string,
): string {
	const mark = request.url.indexOf("?");
	const path = mark < 0 ? request.url : request.url.slice(0, mark);
	const query = mark < 0 ? "" : request.url.slice(mark + 1);
	const headers = signedHeaders
		.map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`)
		.join("");
	const canonical = [
		request.method,
		path.replace(/\+/g, "%20").replace(/\*/g, "%2A").replace(/%7E/g, "~"),
		canonicalQuery(query),
		headers,
		signedHeaders.join(";"),
		request.headers["x-acs-content-sha256"] ?? "",
	].join("\n");
	const hash = createHash("sha256").update(canonical).digest("hex");
	return createHmac("sha256", secret).update(`${ALGORITHM}\n${hash}`).digest("hex");
}

function canonicalQuery(query: string): string {
	return [...new URLSearchParams(query)]
		.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
		.map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
		.join("&");
}

function percentEncode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
