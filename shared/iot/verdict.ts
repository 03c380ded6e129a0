import type { CallResult } from "./platform.ts";

/**
 * What a call's result means for the command: whether the device may have it,
 * and what to do next. This table is the only place that knows error codes.
 */
export type Verdict =
	/** the platform took it */
	| "taken"
	/** never reached the device: send again, later */
	| "throttled"
	| "transient"
	| "not-sent"
	/** the device is not there to take it */
	| "device-state"
	/** refused for good */
	| "permanent"
	/** the device may have it, or not */
	| "unknown";

/**
 * Codes in lower case: the documentation spells some with different capitals.
 * Source: IoT Platform, "Error codes" (help.aliyun.com/document_detail/87387.html).
 */
const BY_CODE: Readonly<Record<string, Verdict>> = {
	"iot.messagebroker.ratelimit": "throttled",

	"iot.system.systemexception": "transient",
	serviceunavailable: "transient",
	"invalidsecuritytoken.expired": "transient",

	"iot.messagebroker.timeout": "unknown",
	"iot.messagebroker.rrpcexception": "unknown",
	"iot.messagebroker.rrpcfailed": "unknown",
	"iot.messagebroker.publishmessageexception": "unknown",
	"iot.messagebroker.publishmessagefailed": "unknown",
	"iot.device.invokethingservicefailed": "unknown",

	"iot.messagebroker.offline": "device-state",
	"iot.messagebroker.halfconn": "device-state",
	"iot.device.inactivedevice": "device-state",

	"iot.system.instancenotfound": "permanent",
	"iot.system.uidnotfound": "permanent",
	"iot.system.illegalrequest": "permanent",
	"iot.system.billisoverdue": "permanent",
	"iot.sre.iotinstancenotfound": "permanent",
	"iot.common.ramactionpermissiondeny": "permanent",
	"iot.common.invalidtenant": "permanent",
	"iot.common.authactionpermissiondeny": "permanent",
	"iot.common.apinotsupportedininstance": "permanent",
	"iot.common.invalidformattedparameter": "permanent",
	"iot.check.invalidformattedparameter": "permanent",
	"iot.prod.notexistedproduct": "permanent",
	"iot.prod.nullproductkey": "permanent",
	"iot.device.notexisteddevice": "permanent",
	"iot.device.invalidiotid": "permanent",
	"iot.device.nulldevicename": "permanent",
	"iot.device.invalidformatteddevicename": "permanent",
};

export function verdictOf(result: CallResult): Verdict {
	switch (result.kind) {
		case "taken":
			return "taken";
		case "unreachable":
			return "not-sent";
		case "unsendable":
			return "permanent";
		case "lost":
			return "unknown";
		case "refused":
			return verdictOfCode(result.code, result.httpStatus);
	}
}

function verdictOfCode(code: string, httpStatus: number): Verdict {
	const lower = code.toLowerCase();
	// By the code first: gateway throttling comes as HTTP 400, other failures as 200 or 4xx.
	if (lower.startsWith("throttling")) return "throttled";
	const known = BY_CODE[lower];
	if (known) return known;
	if (httpStatus === 429) return "throttled";
	// A code of the message broker that is not in the table was said about a message under way.
	if (lower.startsWith("iot.messagebroker.")) return "unknown";
	return httpStatus >= 500 ? "transient" : "permanent";
}

const NEVER_REACHED: ReadonlySet<Verdict> = new Set(["throttled", "transient", "device-state"]);

/** Whether a call that ended with this code may have reached its device, as far as the code alone tells. */
export const mayHaveReached = (code: string): boolean => !NEVER_REACHED.has(verdictOfCode(code, 0));

/** Codes of a device's reply that say it is not there (Alink protocol, delivery failures of asynchronous services). */
const AWAY_REPLY_CODES: ReadonlySet<number> = new Set([9200, 9201]);
const DONE_REPLY_CODE = 200;

/** What a device's reply means for its command. */
export function verdictOfReply(code: number): "done" | "away" | "refused" {
	if (code === DONE_REPLY_CODE) return "done";
	return AWAY_REPLY_CODES.has(code) ? "away" : "refused";
}
