import type { FcService } from "../fc/index.ts";
import type { IotService } from "../iot/index.ts";
import type { MnsService } from "../mns/index.ts";
import { busy, type TablestoreService } from "../tablestore/index.ts";
import type { Verb, Victim } from "./requests.ts";

const ALL: readonly Verb[] = [
	"slow",
	"stall",
	"hang",
	"fail",
	"throttle",
	"reset",
	"mute",
	"garble",
];

/** The services whose requests can go wrong, each with the verbs that apply to it. */
export function victims(services: {
	readonly tablestore: Pick<TablestoreService, "injectFaults">;
	readonly iot: Pick<IotService, "injectFaults">;
	readonly mns: Pick<MnsService, "injectFaults">;
	readonly fc: Pick<FcService, "injectFaults">;
}): readonly { readonly victim: Victim; readonly verbs: readonly Verb[] }[] {
	const { tablestore, iot, mns, fc } = services;
	return [
		{
			verbs: ALL,
			victim: {
				name: "tablestore",
				injectFaults: (choose) => tablestore.injectFaults(choose),
				unavailable: busy,
				// Tablestore, "Error codes"
				throttled: {
					status: 403,
					code: "OTSNotEnoughCapacityUnit",
					message: "Remaining capacity unit is not enough.",
				},
			},
		},
		{
			// Its other faults strike after the call has reached the device: iot.ts.
			verbs: ["slow", "hang", "garble"],
			victim: {
				name: "iot",
				injectFaults: (choose) => iot.injectFaults(choose),
				unavailable: { status: 503, code: "ServiceUnavailable", message: "Service unavailable." },
				throttled: { status: 400, code: "Throttling.User", message: "Request was denied." },
			},
		},
		{
			verbs: ALL,
			victim: {
				name: "mns",
				injectFaults: (choose) => mns.injectFaults(choose),
				unavailable: { status: 500, code: "InternalError", message: "Interal error." },
				// "Throttling policy"
				throttled: {
					status: 429,
					code: "TooManyRequests",
					message: "The request is denied by cluster flow limiter for too many requests.",
				},
			},
		},
		{
			verbs: ALL,
			victim: {
				name: "fc",
				injectFaults: (choose) => fc.injectFaults(choose),
				unavailable: {
					status: 503,
					code: "ServiceUnavailable",
					message: "the service is temporarily unavailable. Please retry.",
				},
				throttled: {
					status: 429,
					code: "ResourceExhausted",
					message: "too many requests of this account are under way",
				},
			},
		},
	];
}
