import { createHmac } from "node:crypto";

const HEADER_PREFIX = "x-ots-";

/** Not part of what is signed. */
const SIGNATURE_HEADERS = new Set(["x-ots-signature", "x-ots-signaturev4"]);

/** Version 4 adds this behind the text (`V4_SIGNATURE_SALT` of the official Java SDK). */
const V4_SALT = "ots";
const V4_PREFIX = "aliyun_v4";
const V4_PRODUCT = "ots";
const V4_TERMINATOR = "aliyun_v4_request";

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Path, method, the (always empty) query and the `x-ots-*` headers in order. */
export function requestText(path: string, headers: Headers): string {
	return `${path}\nPOST\n\n${canonicalHeaders(headers)}`;
}

/** What the answer's `authorization` signs: its `x-ots-*` headers, then the path. */
export function responseText(path: string, headers: Headers): string {
	return `${canonicalHeaders(headers)}${path}`;
}

function canonicalHeaders(headers: Headers): string {
	const names = Object.keys(headers).filter(
		(name) => name.startsWith(HEADER_PREFIX) && !SIGNATURE_HEADERS.has(name),
	);
	return names
		.sort()
		.map((name) => `${name}:${String(headers[name]).trim()}\n`)
		.join("");
}

/** Version 2: HMAC-SHA1, base64. */
export function signV2(key: string, text: string): string {
	return createHmac("sha1", key).update(text).digest("base64");
}

/** Version 4: HMAC-SHA256 with a key derived for one day and region. */
export function signV4(derivedKey: string, text: string): string {
	return createHmac("sha256", derivedKey).update(text).update(V4_SALT).digest("base64");
}

/** @param date as `x-ots-signdate` has it: yyyyMMdd. */
export function deriveV4Key(secret: string, date: string, region: string): string {
	let key = Buffer.from(V4_PREFIX + secret);
	for (const part of [date, region, V4_PRODUCT, V4_TERMINATOR]) {
		key = createHmac("sha256", key).update(part).digest();
	}
	return key.toString("base64");
}
