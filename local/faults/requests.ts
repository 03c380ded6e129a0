import type { Clock } from "../clock/clock.ts";
import type { FaultChooser, RequestFault } from "../request-fault.ts";
import { type Effect, type FaultKind, kind, parameters } from "./kind.ts";

const { operations, requiredSeconds, seconds, share } = parameters;

/** Ten seconds is longer than any client waits. */
const MAX_SLOW_MS = 10_000;

type Failure = Extract<RequestFault, { kind: "error" }>;

/** A service whose requests may go wrong. */
export interface Victim {
	/** As in the names of its faults: `fail mns`. */
	readonly name: string;
	readonly injectFaults: (choose: FaultChooser) => void;
	/** What it answers when it cannot serve. */
	readonly unavailable: Omit<Failure, "kind">;
	/** What it answers when it is asked too much. */
	readonly throttled: Omit<Failure, "kind">;
}

interface Strike {
	readonly share: number;
	readonly operations?: readonly string[] | undefined;
	readonly seconds?: number | undefined;
}

export type Verb = "slow" | "stall" | "hang" | "fail" | "throttle" | "reset" | "mute" | "garble";

/** The faults of a service's requests, the same for every service. */
export function requestFaults(
	victim: Victim,
	clock: Clock,
	random: () => number,
	verbs: ReadonlySet<Verb>,
): FaultKind[] {
	const choosers = new Set<FaultChooser>();
	victim.injectFaults((operation) => {
		for (const choose of choosers) {
			const fault = choose(operation);
			if (fault) return fault;
		}
		return undefined;
	});
	const strike = (
		detail: string,
		given: Strike,
		fault: () => RequestFault,
		ended = () => {},
	): Effect => {
		const choose: FaultChooser = (operation) => {
			if (given.operations && !given.operations.includes(operation)) return undefined;
			return random() < given.share ? fault() : undefined;
		};
		choosers.add(choose);
		const end = () => {
			choosers.delete(choose);
			ended();
		};
		return { detail, seconds: given.seconds, end };
	};
	const common = { seconds, share, operations };
	const { name, unavailable, throttled } = victim;
	const kinds: Record<Verb, FaultKind> = {
		slow: kind(
			`slow ${name}`,
			"requests are carried out and answered `ms` milliseconds later",
			{ ...common, ms: parameters.ms.max(MAX_SLOW_MS) },
			(given) =>
				strike(`answers come ${given.ms} ms later`, given, () => ({ kind: "slow", ms: given.ms })),
		),
		stall: kind(
			`stall ${name}`,
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
		hang: kind(
			`hang ${name}`,
			"requests are neither carried out nor answered; connections break when it ends",
			common,
			(given) => {
				let end = () => {};
				const ended = new Promise<void>((resolve) => {
					end = resolve;
				});
				return strike("requests hang", given, () => ({ kind: "hang", ended }), end);
			},
		),
		fail: kind(
			`fail ${name}`,
			`requests are answered ${unavailable.status} ${unavailable.code}, or with \`code\` and \`status\``,
			{
				...common,
				code: parameters.code.default(unavailable.code),
				status: parameters.status.default(unavailable.status),
			},
			(given) => {
				const { code, status } = given;
				const message =
					code === unavailable.code ? unavailable.message : "This failure was asked for.";
				return strike(`requests fail with ${code}`, given, () => ({
					kind: "error",
					status,
					code,
					message,
				}));
			},
		),
		throttle: kind(
			`throttle ${name}`,
			`requests are answered ${throttled.status} ${throttled.code}`,
			common,
			(given) => strike("requests are throttled", given, () => ({ kind: "error", ...throttled })),
		),
		reset: kind(
			`reset ${name}`,
			"requests are not carried out and their connections break",
			common,
			(given) => strike("connections break", given, () => ({ kind: "reset" })),
		),
		mute: kind(
			`mute ${name}`,
			"requests are carried out, and their connections break before the answer",
			common,
			(given) => strike("answers are lost", given, () => ({ kind: "lose-answer" })),
		),
		garble: kind(
			`garble ${name}`,
			"requests are carried out and answered 200 with bytes that mean nothing",
			common,
			(given) => strike("answers are garbled", given, () => ({ kind: "garble" })),
		),
	};
	return Object.entries(kinds).flatMap(([verb, one]) => (verbs.has(verb as Verb) ? [one] : []));
}
