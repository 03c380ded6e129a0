import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Account, sameText } from "../account.ts";
import { MnsError } from "./errors.ts";
import { canonicalV4, type V4Scope } from "./signature-v4.ts";
import type { SignedRequest } from "./signed-request.ts";

const V2_PATTERN = /^MNS ([^:\s]+):(\S+)$/;
const V4_PATTERN =
	/^MNS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/\s]+)\/(mns)\/(aliyun_v4_request),\s*Signature=([0-9a-f]{64})$/;

/**
 * Verifies who sent the request, in the order in which the service's own errors
 * tell apart what is missing, malformed, unknown and wrong (page Sign requests:
 * help.aliyun.com/zh/mns/developer-reference/sign-requests; V4 as the official
 * Java client 1.3 sends it).
 *
 * @param maxSkewMs undefined: the date of a request is not compared with `now`.
 */
export function authenticate(
	request: SignedRequest,
	account: Account,
	now: number,
	maxSkewMs: number | undefined,
): void {
	const { headers } = request;
	const authorization = headers.authorization;
	if (!authorization) throw new MnsError("MissingAuthorizationHeader");
	if (!headers["x-mns-version"]) throw new MnsError("MissingVersionHeader");
	checkDate(headers, now, maxSkewMs);
	checkDigest(request);

	const v2 = V2_PATTERN.exec(authorization);
	const v4 = v2 ? null : V4_PATTERN.exec(authorization);
	const accessKeyId = v2?.[1] ?? v4?.[1];
	const signature = v2?.[2] ?? v4?.[6];
	if (!accessKeyId || !signature) throw new MnsError("InvalidAuthorizationHeader");

	const secret = secretOf(accessKeyId, headers, account, now);
	const expected = v4
		? signaturesV4(request, secret, { date: v4[2] ?? "", region: v4[3] ?? "" })
		: signaturesV2(request, secret);
	if (!expected.some((candidate) => sameText(candidate, signature))) {
		throw new MnsError("SignatureDoesNotMatch");
	}
}

function secretOf(
	accessKeyId: string,
	headers: IncomingHttpHeaders,
	account: Account,
	now: number,
): string {
	const found = account.lookUp(accessKeyId, single(headers, "security-token"), now);
	if (found.ok) return found.accessKeySecret;
	if (found.reason === "unknown-key") throw new MnsError("InvalidAccessKeyId");
	// The documentation lists no code of its own for temporary credentials.
	throw new MnsError("AccessDenied", TOKEN_MESSAGES[found.reason]);
}

const TOKEN_MESSAGES = {
	"token-missing": "The security-token header is required for temporary credentials.",
	"token-invalid": "The security token you provided is not valid.",
	"token-expired": "The security token you provided has expired.",
};

function checkDate(headers: IncomingHttpHeaders, now: number, maxSkewMs: number | undefined): void {
	const date = single(headers, "x-mns-date") ?? headers.date;
	if (!date) throw new MnsError("MissingDateHeader");
	const sentAt = Date.parse(date);
	if (Number.isNaN(sentAt)) throw new MnsError("InvalidDateHeader");
	if (maxSkewMs !== undefined && Math.abs(now - sentAt) > maxSkewMs) {
		throw new MnsError("TimeExpired");
	}
}

/** Documented as the Base64 of the hexadecimal MD5; the Base64 of the digest itself (RFC 1864) is taken too. */
function checkDigest({ headers, body }: SignedRequest): void {
	const given = single(headers, "content-md5");
	if (!given) return;
	const digest = createHash("md5").update(body).digest();
	const documented = Buffer.from(digest.toString("hex")).toString("base64");
	if (given !== documented && given !== digest.toString("base64"))
		throw new MnsError("InvalidDegist");
}

function signaturesV2(request: SignedRequest, secret: string): string[] {
	const { method, headers, target } = request;
	const own = Object.keys(headers)
		.filter((name) => name.startsWith("x-mns-"))
		.sort()
		.map((name) => `${name}:${(single(headers, name) ?? "").trim()}\n`)
		.join("");
	const head = `${method}\n${single(headers, "content-md5") ?? ""}\n${headers["content-type"] ?? ""}\n`;
	const date = headers.date ?? single(headers, "x-mns-date") ?? "";
	return resourcesOf(target).map((resource) =>
		createHmac("sha1", secret).update(`${head}${date}\n${own}${resource}`).digest("base64"),
	);
}

/** Some clients sign the resource before they percent-encode it for the request line. */
function resourcesOf(target: string): string[] {
	if (!target.includes("%")) return [target];
	try {
		return [target, decodeURIComponent(target)];
	} catch {
		return [target];
	}
}

function signaturesV4(request: SignedRequest, secret: string, scope: V4Scope): string[] {
	const hmac = (key: string | Buffer, text: string) =>
		createHmac("sha256", key).update(text).digest();
	let key: string | Buffer = `aliyun_v4${secret}`;
	for (const part of [scope.date, scope.region, "mns", "aliyun_v4_request"]) key = hmac(key, part);
	return [hmac(key, canonicalV4(request, scope)).toString("hex")];
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
	const value = headers[name];
	return Array.isArray(value) ? value[0] : value;
}
