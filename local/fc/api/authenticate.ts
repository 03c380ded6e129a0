import { createHash } from "node:crypto";
import { type Account, type KeyLookup, sameText } from "../../account.ts";
import { type Clock, systemClock } from "../../clock/clock.ts";
import { fcErrors } from "../errors.ts";
import { acs3Signature, parseAcs3 } from "./acs3-signature.ts";
import { fcSignatures, type SignedRequest } from "./fc-signature.ts";

/** A signature is valid for 15 minutes ("FAQ about HTTP triggers"). */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Verifies who sent a request, by either signature.
 *
 * @throws FcError 400 for what is missing, 403 for what is wrong.
 */
export function authenticate(
	request: SignedRequest,
	body: Buffer,
	account: Account,
	clock: Clock,
	options: { readonly signedQuery: boolean } = { signedQuery: false },
): void {
	const authorization = request.headers["authorization"];
	if (!authorization) throw fcErrors.missingHeader("Authorization");
	const acs3 = parseAcs3(authorization);
	if (acs3) {
		checkDate(request.headers["x-acs-date"], "x-acs-date", clock);
		checkSigned(acs3.signedHeaders);
		const token = request.headers["x-acs-security-token"];
		const secret = secretOf(account.lookUp(acs3.accessKeyId, token, clock.now()), acs3.accessKeyId);
		const expected = acs3Signature(request, acs3.signedHeaders, secret);
		if (!sameText(acs3.signature, expected)) throw fcErrors.signatureMismatch();
		const digest = createHash("sha256").update(body).digest("hex");
		if (digest !== request.headers["x-acs-content-sha256"]) throw fcErrors.signatureMismatch();
		return;
	}
	const classic = /^FC ([^:\s]+):(\S+)$/.exec(authorization);
	if (!classic) throw fcErrors.invalidArgument("the Authorization header cannot be read");
	const [, accessKeyId = "", signature = ""] = classic;
	checkDate(request.headers["date"], "Date", clock);
	const token = request.headers["x-fc-security-token"];
	const secret = secretOf(account.lookUp(accessKeyId, token, clock.now()), accessKeyId);
	const candidates = fcSignatures(request, secret, options.signedQuery);
	if (!candidates.some((candidate) => sameText(signature, candidate))) {
		throw fcErrors.signatureMismatch();
	}
	checkMd5(request.headers["content-md5"], body);
}

function secretOf(lookup: KeyLookup, accessKeyId: string): string {
	if (lookup.ok) return lookup.accessKeySecret;
	switch (lookup.reason) {
		case "unknown-key":
			throw fcErrors.invalidAccessKey(accessKeyId);
		case "token-missing":
			throw fcErrors.missingHeader("x-fc-security-token");
		case "token-invalid":
			throw fcErrors.invalidSecurityToken("the security token is not valid");
		case "token-expired":
			throw fcErrors.invalidSecurityToken("the security token has expired");
	}
}

/** In virtual time clients still send the real date, so either clock may confirm it. */
function checkDate(date: string | undefined, name: string, clock: Clock): void {
	if (!date) throw fcErrors.missingHeader(name);
	const time = Date.parse(date);
	if (Number.isNaN(time)) throw fcErrors.invalidArgument(`the ${name} header is not a date`);
	const close = (now: number) => Math.abs(now - time) <= MAX_SKEW_MS;
	if (!close(clock.now()) && !close(systemClock.now())) throw fcErrors.requestExpired(date);
}

/** A signature that leaves these out would hold for any body or time. */
function checkSigned(signedHeaders: readonly string[]): void {
	for (const name of ["host", "x-acs-content-sha256", "x-acs-date"]) {
		if (!signedHeaders.includes(name)) throw fcErrors.signatureMismatch();
	}
}

/** Of the body's MD5 the SDKs send the base64 of its bytes, its hexadecimal text, or the base64 of that. */
function checkMd5(sent: string | undefined, body: Buffer): void {
	if (!sent) return;
	const digest = createHash("md5").update(body).digest();
	const accepted = [
		digest.toString("base64"),
		digest.toString("hex"),
		Buffer.from(digest.toString("hex")).toString("base64"),
	];
	if (!accepted.includes(sent)) {
		throw fcErrors.invalidArgument("the body does not have the MD5 of the header Content-MD5");
	}
}
