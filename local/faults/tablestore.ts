import type { Clock } from "../clock/clock.ts";
import { busy, type FaultChooser, type TablestoreService } from "../tablestore/index.ts";
import { type Effect, type FaultKind, kind, parameters } from "./kind.ts";

const { operations, requiredSeconds, seconds, share } = parameters;

interface Strike {
	readonly share: number;
	readonly operations?: readonly string[] | undefined;
	readonly seconds?: number | undefined;
}

export function tablestoreFaults(
	tablestore: Pick<TablestoreService, "injectFaults">,
	clock: Clock,
	random: () => number,
): FaultKind[] {
	const choosers = new Set<FaultChooser>();
	tablestore.injectFaults((operation) => {
		for (const choose of choosers) {
			const fault = choose(operation);
			if (fault) return fault;
		}
		return undefined;
	});
	const strike = (detail: string, given: Strike, fault: () => ReturnType<FaultChooser>): Effect => {
		const choose: FaultChooser = (operation) => {
			if (given.operations && !given.operations.includes(operation)) return undefined;
			return random() < given.share ? fault() : undefined;
		};
		choosers.add(choose);
		return { detail, seconds: given.seconds, end: () => choosers.delete(choose) };
	};
	const common = { seconds, share, operations };
	return [
		kind(
			"stall tablestore",
			"requests are held until it ends, then carried out",
			{ ...common, seconds: requiredSeconds },
			(given) => {
				const until = clock.now() + given.seconds * 1_000;
				return strike("requests are held", given, () => ({
					kind: "stall",
					ms: Math.max(0, until - clock.now()),
				}));
			},
		),
		kind("fail tablestore", "requests are answered OTSServerBusy", common, (given) =>
			strike("requests fail", given, () => busy),
		),
		kind(
			"reset tablestore",
			"requests are not carried out and their connections break",
			common,
			(given) => strike("connections break", given, () => ({ kind: "reset" })),
		),
		kind(
			"mute tablestore",
			"requests are carried out, and their connections break before the answer",
			common,
			(given) => strike("answers are lost", given, () => ({ kind: "lose-answer" })),
		),
	];
}
