import { describe, expect, it } from "vitest";
import { verdictOf, verdictOfReply } from "../../shared/iot/verdict.ts";
import { lost, refused, sent } from "../support/world/scripted-platform.ts";

/** "Error codes" of IoT Platform, by what they mean for the device. */
const CODES = {
	throttled: ["Throttling", "Throttling.User", "Throttling.Api", "iot.messagebroker.RateLimit"],
	transient: ["iot.system.SystemException", "ServiceUnavailable"],
	unknown: [
		"iot.messagebroker.TIMEOUT",
		"iot.messagebroker.RrpcException",
		"iot.messagebroker.RrpcFailed",
		"iot.messagebroker.PublishMessageException",
		"iot.messagebroker.PublishMessageFailed",
		"iot.device.InvokeThingServiceFailed",
	],
	"device-state": [
		"iot.messagebroker.OFFLINE",
		"iot.messagebroker.HALFCONN",
		"iot.device.InactiveDevice",
	],
	permanent: [
		"iot.system.InstanceNotFound",
		"iot.system.UidNotFound",
		"iot.system.IllegalRequest",
		"iot.system.BillIsOverDue",
		"iot.Sre.IotInstanceNotFound",
		"iot.common.RamActionPermissionDeny",
		"iot.common.InvalidTenant",
		"iot.common.AuthActionPermissionDeny",
		"iot.common.APINotSupportedInInstance",
		"iot.common.InvalidFormattedParameter",
		"iot.check.InvalidFormattedParameter",
		"iot.prod.NotExistedProduct",
		"iot.prod.NullProductKey",
		"iot.device.NotExistedDevice",
		"iot.device.InvalidIoTId",
		"iot.device.NullDeviceName",
		"iot.device.InvalidFormattedDeviceName",
	],
} as const;

describe("the verdict on a call", () => {
	for (const [verdict, codes] of Object.entries(CODES)) {
		it.each(codes)(`is ${verdict} for %s, in any capitals and with any status`, (code) => {
			for (const spelling of [code, code.toLowerCase(), code.toUpperCase()]) {
				for (const status of [200, 400, 403, 500]) {
					expect(verdictOf(refused(spelling, status))).toBe(verdict);
				}
			}
		});
	}

	it("is throttled for HTTP 429, whatever the code", () => {
		expect(verdictOf(refused("SomethingNew", 429))).toBe("throttled");
	});

	it("for a code that is not known: transient as 5xx, unknown from the message broker, permanent otherwise", () => {
		expect(verdictOf(refused("SomethingNew", 503))).toBe("transient");
		expect(verdictOf(refused("iot.messagebroker.SomethingNew", 200))).toBe("unknown");
		expect(verdictOf(refused("SignatureDoesNotMatch", 400))).toBe("permanent");
	});

	it("tells what never left from what may have arrived", () => {
		expect(verdictOf({ kind: "unreachable", code: "ECONNREFUSED", message: "" })).toBe("not-sent");
		expect(verdictOf(lost)).toBe("unknown");
		expect(verdictOf(sent("m"))).toBe("taken");
	});
});

describe("the verdict on a reply", () => {
	it.each([
		[200, "done"],
		[9200, "away"],
		[9201, "away"],
		[400, "refused"],
		[429, "refused"],
		[460, "refused"],
		[100_000, "refused"],
	] as const)("%i is %s", (code, verdict) => {
		expect(verdictOfReply(code)).toBe(verdict);
	});
});
