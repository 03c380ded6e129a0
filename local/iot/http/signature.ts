import { createHash, createHmac } from "node:crypto";
import { type Account, sameText } from "../../account.ts";
import { GatewayError, missing } from "../errors.ts";
import type { Nonces } from "./nonces.ts";
import { header, type RpcRequest } from "./request.ts";

/** "The request time and the server's time must not differ by more than 15 minutes." */
export const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;

const ACS3 = "ACS3-HMAC-SHA256";
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface SignatureCheck {
	readonly account: Account;
	readonly nonces: Nonces;
	readonly maxSkewMs: number;
}

/** @throws GatewayError */
export function verifySignature(request: RpcRequest, check: SignatureCheck, now: number): void {
	if (header(request, "authorization")?.startsWith("ACS")) verifyAcs3(request, check, now);
	else verifyRpc(request, check, now);
}

/** Signature version 3 (help.aliyun.com/document_detail/315526.html). */
function verifyAcs3(request: RpcRequest, check: SignatureCheck, now: number): void {
	const authorization = header(request, "authorization") ?? "";
	const algorithm = authorization.slice(0, authorization.indexOf(" "));
	if (algorithm !== ACS3) {
		throw new GatewayError(
			400,
			"InvalidSignatureMethod",
			"Specified signature method is not valid.",
		);
	}
	const fields = new Map(
		authorization
			.slice(ACS3.length + 1)
			.split(",")
			.map((part): [string, string] => {
				const equals = part.indexOf("=");
				return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
			}),
	);
	const accessKeyId = fields.get("Credential");
	const signedHeaders = fields.get("SignedHeaders");
	const signature = fields.get("Signature");
	if (!accessKeyId || !signedHeaders || !signature) throw incomplete();

	const secret = secretOf(accessKeyId, header(request, "x-acs-security-token"), check, now);
	const time = checkTime(header(request, "x-acs-date"), "x-acs-date", check, now);

	const bodyHash =
		request.body.length === 0
			? EMPTY_SHA256
			: createHash("sha256").update(request.body).digest("hex");
	const names = signedHeaders.split(";");
	const canonical = [
		request.method,
		request.path,
		canonicalQuery(request.query),
		...names.map((name) => `${name}:${(header(request, name) ?? "").trim()}`),
		"",
		signedHeaders,
		bodyHash,
	].join("\n");
	const text = `${ACS3}\n${createHash("sha256").update(canonical).digest("hex")}`;
	const expected = createHmac("sha256", secret).update(text).digest("hex");
	if (!sameText(expected, signature)) throw mismatch(text);
	useNonce(header(request, "x-acs-signature-nonce"), time, check, now);
}

/** The RPC style (help.aliyun.com/document_detail/25492.html). */
function verifyRpc(request: RpcRequest, check: SignatureCheck, now: number): void {
	const { params } = request;
	const accessKeyId = params.get("AccessKeyId");
	if (!accessKeyId) throw missing("AccessKeyId");
	const signature = params.get("Signature");
	if (!signature) throw missing("Signature");
	if ((params.get("SignatureMethod") ?? "HMAC-SHA1") !== "HMAC-SHA1") {
		throw new GatewayError(
			400,
			"InvalidSignatureMethod",
			"Specified signature method is not valid.",
		);
	}
	if ((params.get("SignatureVersion") ?? "1.0") !== "1.0") throw incomplete();
	const secret = secretOf(accessKeyId, params.get("SecurityToken"), check, now);
	const time = checkTime(params.get("Timestamp"), "Timestamp", check, now);

	const signed = [...params].filter(([name]) => name !== "Signature");
	const text = `${request.method}&%2F&${encode(canonicalQuery(signed))}`;
	const expected = createHmac("sha1", `${secret}&`).update(text).digest("base64");
	if (!sameText(expected, signature)) throw mismatch(text);
	useNonce(params.get("SignatureNonce"), time, check, now);
}

function secretOf(
	accessKeyId: string,
	token: string | undefined,
	check: SignatureCheck,
	now: number,
): string {
	const found = check.account.lookUp(accessKeyId, token, now);
	if (found.ok) return found.accessKeySecret;
	switch (found.reason) {
		case "unknown-key":
			throw new GatewayError(
				404,
				"InvalidAccessKeyId.NotFound",
				"Specified access key is not found.",
			);
		case "token-missing":
			throw missing("SecurityToken");
		case "token-invalid":
			throw new GatewayError(
				400,
				"InvalidSecurityToken.Malformed",
				"Specified SecurityToken is malformed.",
			);
		case "token-expired":
			throw new GatewayError(
				400,
				"InvalidSecurityToken.Expired",
				"Specified SecurityToken is expired.",
			);
	}
}

/** @returns the time at which the request was signed. */
function checkTime(
	value: string | undefined,
	parameter: string,
	check: SignatureCheck,
	now: number,
): number {
	if (!value) throw missing(parameter);
	const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? Date.parse(value) : Number.NaN;
	if (Number.isNaN(time)) {
		throw new GatewayError(
			400,
			"InvalidTimeStamp.Format",
			"Specified time stamp or date value is not well formatted.",
		);
	}
	if (Math.abs(now - time) > check.maxSkewMs) {
		throw new GatewayError(
			400,
			"InvalidTimeStamp.Expired",
			"Specified time stamp or date value is expired.",
		);
	}
	return time;
}

function useNonce(
	nonce: string | undefined,
	time: number,
	check: SignatureCheck,
	now: number,
): void {
	if (!nonce) throw missing("SignatureNonce");
	if (!check.nonces.use(nonce, time, now)) {
		throw new GatewayError(
			400,
			"SignatureNonceUsed",
			"Specified signature nonce was used already.",
		);
	}
}

function canonicalQuery(pairs: ReadonlyArray<readonly [string, string]>): string {
	return pairs
		.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join("&");
}

/** RFC 3986: `encodeURIComponent` leaves these five as they are. */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

const incomplete = () =>
	new GatewayError(
		400,
		"IncompleteSignature",
		"The request signature does not conform to Aliyun standards.",
	);

const mismatch = (stringToSign: string) =>
	new GatewayError(
		400,
		"SignatureDoesNotMatch",
		`Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
	);
