import { createHash } from "node:crypto";
import { type Account, type KeyLookup, sameText } from "../../account.ts";
import { authFailed, parameterInvalid } from "../errors.ts";
import { deriveV4Key, type Headers, requestText, signV2, signV4 } from "./signature.ts";

/** Who sent a request, and with what the answer to it is signed. */
export interface Caller {
	readonly accessKeyId: string;
	readonly signingKey: string;
}

export interface AuthRules {
	readonly account: Account;
	readonly instance: string;
	/** Milliseconds since the epoch. */
	readonly nowMs: number;
	/** Undefined: the date of a request is read but not compared with the clock. */
	readonly maxClockSkewMs: number | undefined;
}

const REQUIRED_HEADERS = [
	"x-ots-date",
	"x-ots-apiversion",
	"x-ots-accesskeyid",
	"x-ots-contentmd5",
	"x-ots-instancename",
] as const;

const API_VERSION = "2015-12-31";

/** 3 to 16 bytes, letters, digits and hyphens (alibabacloud.com/help/en/tablestore/general-limits-of-tablestore); later regions allow more. */
const INSTANCE_NAME = /^[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]$/;

/** Checks the signature over the headers. @throws OtsError */
export function authenticate(path: string, headers: Headers, rules: AuthRules): Caller {
	for (const name of REQUIRED_HEADERS) header(headers, name);
	const version = header(headers, "x-ots-apiversion");
	if (version !== API_VERSION) throw parameterInvalid(`Invalid API version: '${version}'.`);
	const caller = verifiedCaller(path, headers, rules);
	checkDate(header(headers, "x-ots-date"), rules);
	const instance = header(headers, "x-ots-instancename");
	if (!INSTANCE_NAME.test(instance)) {
		throw parameterInvalid(`Invalid instance name: '${instance}'.`);
	}
	if (instance !== rules.instance) throw authFailed("The instance is not found.");
	return caller;
}

/** @throws OtsError */
export function checkContent(headers: Headers, body: Buffer): void {
	if (createHash("md5").update(body).digest("base64") !== header(headers, "x-ots-contentmd5")) {
		throw authFailed("Mismatch between MD5 value of request body and x-ots-contentmd5 in header.");
	}
}

function verifiedCaller(path: string, headers: Headers, rules: AuthRules): Caller {
	const accessKeyId = header(headers, "x-ots-accesskeyid");
	const token = optionalHeader(headers, "x-ots-ststoken");
	const found = rules.account.lookUp(accessKeyId, token, rules.nowMs);
	if (!found.ok) throw authFailed(LOOKUP_FAILURES[found.reason]);
	const text = requestText(path, headers);
	const v4 = optionalHeader(headers, "x-ots-signaturev4");
	if (v4 === undefined) {
		const signingKey = found.accessKeySecret;
		if (!sameText(header(headers, "x-ots-signature"), signV2(signingKey, text))) throw mismatch();
		return { accessKeyId, signingKey };
	}
	const date = header(headers, "x-ots-signdate");
	const region = header(headers, "x-ots-signregion");
	const signingKey = deriveV4Key(found.accessKeySecret, date, region);
	if (!sameText(v4, signV4(signingKey, text))) throw mismatch();
	return { accessKeyId, signingKey };
}

const LOOKUP_FAILURES: Readonly<Record<Extract<KeyLookup, { ok: false }>["reason"], string>> = {
	"unknown-key": "The AccessKeyID does not exist.",
	"token-missing": "The STS token is missing.",
	"token-invalid": "The STS token is invalid.",
	"token-expired": "The STS token has expired.",
};

const mismatch = () => authFailed("Signature mismatch.");

function checkDate(date: string, { nowMs, maxClockSkewMs }: AuthRules): void {
	const sentMs = Date.parse(date);
	if (Number.isNaN(sentMs)) throw parameterInvalid(`Invalid date format: ${date}.`);
	if (maxClockSkewMs !== undefined && Math.abs(sentMs - nowMs) > maxClockSkewMs) {
		throw authFailed(`Mismatch between system time and x-ots-date: ${date}.`);
	}
}

function header(headers: Headers, name: string): string {
	const value = optionalHeader(headers, name);
	if (value === undefined) throw parameterInvalid(`Missing header: ${name}.`);
	return value;
}

function optionalHeader(headers: Headers, name: string): string | undefined {
	const value = headers[name];
	return typeof value === "string" && value !== "" ? value : undefined;
}
