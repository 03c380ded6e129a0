import { createHash, createHmac, randomUUID } from "node:crypto";
import type { Credentials } from "../../../account.ts";

/** RFC 3986. */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

const canonical = (params: Record<string, string>) =>
	Object.keys(params)
		.toSorted()
		.map((name) => `${encode(name)}=${encode(params[name] ?? "")}`)
		.join("&");

export const isoSeconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** The parameters of an RPC-style call with its HMAC-SHA1 signature; `override` wins over what is usual. */
export function signedRpc(
	action: string,
	params: Record<string, string>,
	credentials: Credentials,
	{ method = "GET", override = {} }: { method?: string; override?: Record<string, string> } = {},
): string {
	const all: Record<string, string> = {
		Action: action,
		Version: "2018-01-20",
		SignatureMethod: "HMAC-SHA1",
		SignatureVersion: "1.0",
		SignatureNonce: randomUUID(),
		Timestamp: isoSeconds(Date.now()),
		AccessKeyId: credentials.accessKeyId,
		...(credentials.securityToken ? { SecurityToken: credentials.securityToken } : {}),
		...params,
		...override,
	};
	const text = `${method}&%2F&${encode(canonical(all))}`;
	const signature = createHmac("sha1", `${credentials.accessKeySecret}&`)
		.update(text)
		.digest("base64");
	return `${canonical(all)}&Signature=${encode(signature)}`;
}

/** An ACS3-HMAC-SHA256 request with a form body, as clients in other languages send it. */
export function signedAcs3(
	url: string,
	action: string,
	form: Record<string, string>,
	credentials: Credentials,
	extraHeaders: Record<string, string> = {},
): { body: string; headers: Record<string, string> } {
	const body = canonical(form);
	const bodyHash = createHash("sha256").update(body).digest("hex");
	const headers: Record<string, string> = {
		"content-type": "application/x-www-form-urlencoded",
		host: new URL(url).host,
		"x-acs-action": action,
		"x-acs-content-sha256": bodyHash,
		"x-acs-date": isoSeconds(Date.now()),
		"x-acs-signature-nonce": randomUUID(),
		"x-acs-version": "2018-01-20",
		...extraHeaders,
	};
	const names = Object.keys(headers).toSorted();
	const request = [
		"POST",
		"/",
		"",
		...names.map((name) => `${name}:${headers[name]}`),
		"",
		names.join(";"),
		bodyHash,
	].join("\n");
	const digest = createHash("sha256").update(request).digest("hex");
	const signature = createHmac("sha256", credentials.accessKeySecret)
		.update(`ACS3-HMAC-SHA256\n${digest}`)
		.digest("hex");
	const authorization = `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
	return { body, headers: { ...headers, authorization } };
}
