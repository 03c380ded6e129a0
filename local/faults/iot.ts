import type { Clock } from "../clock/clock.ts";
import type { IotFaults, IotService } from "../iot/index.ts";
import { type Effect, type FaultKind, kind, parameters } from "./kind.ts";

const { code, requiredSeconds, seconds, share } = parameters;

/** What the platform answers while it is itself in trouble (InvokeThingService, error codes). */
const DEFAULT_CODE = "iot.system.SystemException";

export function iotFaults(
	iot: Pick<IotService, "setFaults" | "dropMqtt">,
	clock: Clock,
): FaultKind[] {
	const going = new Set<IotFaults>();
	const apply = () => {
		const errors = [...going].flatMap((faults) => faults.errors ?? []);
		iot.setFaults(Object.assign({}, ...going, errors.length > 0 ? { errors } : {}) as IotFaults);
	};
	const strike = (detail: string, lasts: number | undefined, faults: IotFaults): Effect => {
		going.add(faults);
		apply();
		const end = () => {
			going.delete(faults);
			apply();
		};
		return { detail, seconds: lasts, end };
	};
	const common = { seconds, share };
	return [
		kind(
			"stall iot",
			"calls are carried out, their answers held until it ends",
			{ seconds: requiredSeconds },
			(given) =>
				strike("answers are held", given.seconds, {
					heldUntil: clock.now() + given.seconds * 1_000,
				}),
		),
		kind(
			"fail iot",
			`calls are not carried out and answered with \`code\`, by default ${DEFAULT_CODE}`,
			{ ...common, code: code.default(DEFAULT_CODE) },
			(given) =>
				strike(`calls fail with ${given.code}`, given.seconds, {
					errors: [{ code: given.code, share: given.share, stage: "before" }],
				}),
		),
		kind("throttle iot", "calls are refused with Throttling.User", common, (given) =>
			strike("calls are throttled", given.seconds, {
				errors: [{ code: "Throttling.User", share: given.share, stage: "before" }],
			}),
		),
		kind(
			"reset iot",
			"calls are carried out, and their connections break before the answer",
			common,
			(given) => strike("connections break", given.seconds, { reset: { share: given.share } }),
		),
		kind("mute iot", "calls are carried out and never answered", common, (given) =>
			strike("answers never come", given.seconds, { hang: { share: given.share } }),
		),
		kind("cut iot", "answers break off in their middle", common, (given) =>
			strike("answers break off", given.seconds, { truncate: { share: given.share } }),
		),
		kind("drop mqtt", "every device's connection is reset; simulated ones dial again", {}, () => {
			iot.dropMqtt();
			return { detail: "connections were reset" };
		}),
	];
}
