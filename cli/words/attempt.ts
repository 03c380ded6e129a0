import type { Attempt } from "../../client/src/index.ts";
import { verdictOf } from "../../shared/iot/verdict.ts";
import { duration } from "../output/time.ts";

/** Codes of the platform look like this; those of a broken connection do not. */
const PLATFORM_CODE = /^(iot\.|throttling|serviceunavailable|invalidsecuritytoken)/i;

const MEANING = {
	taken: "the platform took it",
	throttled: "too many calls: it did not reach the device",
	transient: "the platform had trouble: it did not reach the device",
	"not-sent": "it was not sent",
	"device-state": "the device was not there to take it",
	permanent: "the platform refused it",
	unknown: "the answer was lost: the device may have it, or not",
} as const;

/** What one call of InvokeThingService came to. */
export function attemptText({ code, message, durationMs, requestId }: Attempt): string {
	const took = `in ${duration(durationMs)}`;
	const request = requestId ? `, request ${requestId}` : "";
	if (!code) return `${MEANING.taken} ${took}${request}`;
	const said = message ? `${code}: ${message}` : code;
	// A code that is not the platform's says itself what happened to the connection.
	if (!PLATFORM_CODE.test(code)) return `${message || code} (${code}) ${took}`;
	const refused = { kind: "refused", code, message: message ?? "", httpStatus: 400 } as const;
	const verdict = verdictOf({ ...refused, answer: { success: false } });
	return `${MEANING[verdict]} (${said}) ${took}${request}`;
}
