import type { ThrottleModel } from "../../local/iot/index.ts";
import type { Trips } from "./sim-table.ts";

/** What is to be done, and under which conditions. Every strategy gets the same. */
export interface Scenario {
	readonly name: string;
	readonly model: ThrottleModel;
	/** The account's limit, in calls a second. */
	readonly perSecond: number;
	/** Bulk commands of each instance; as many entries as there are instances. */
	readonly work: readonly number[];
	/** Bulk commands under way at once in each instance. */
	readonly inFlight: number;
	/** Interactive commands a second, spread over these instances. */
	readonly interactive?: { readonly perSecond: number; readonly instances: readonly number[] };
	/** A client outside the bundle that makes so many calls a second and never repeats one. */
	readonly stolen?: {
		readonly perSecond: number;
		readonly fromSecond: number;
		readonly toSecond: number;
	};
	/** Clocks of the instances differ from the server's by up to so many milliseconds, either way. */
	readonly clockSkewMs?: number;
	/** Timers of the instances fire late, from and to so many milliseconds, as on an overloaded machine. */
	readonly lateTimersMs?: readonly [number, number];
	/** The table store is not near; only strategies that use it are of interest then. */
	readonly trips?: Trips;
	/** Also part of a quick run. */
	readonly quick: boolean;
	/** What the limit leaves, if the outside client gets all that it asks for. */
	readonly idealSeconds: number;
}

const INSTANCES = 20;
const COMMANDS = 100_000;
const PER_SECOND = 500;

const equal = (): number[] => Array.from({ length: INSTANCES }, () => COMMANDS / INSTANCES);
/** Five of the twenty instances hold all the work. */
const skewed = (): number[] =>
	Array.from({ length: INSTANCES }, (_, index) => (index % 4 === 0 ? COMMANDS / 5 : 0));
/** One instance holds a fifth of the work, the others the rest. */
const oneHeavy = (): number[] =>
	Array.from({ length: INSTANCES }, (_, index) =>
		index === 0 ? COMMANDS / 5 : (COMMANDS * 4) / 5 / (INSTANCES - 1),
	).map((calls, index) => (index === 1 ? Math.ceil(calls) : Math.floor(calls)));

const WORK = { equal, skewed, "one heavy": oneHeavy } as const;
const MODELS = ["token-bucket", "fixed-window"] as const;
const all = Array.from({ length: INSTANCES }, (_, index) => index);

function base(model: ThrottleModel): Omit<Scenario, "name"> {
	const work = equal();
	return {
		model,
		perSecond: PER_SECOND,
		work,
		inFlight: 100,
		quick: model === "fixed-window",
		idealSeconds: COMMANDS / PER_SECOND,
	};
}

/** Four instances, and a table store that takes its time. */
const FAR_INSTANCES = 4;
const FAR_COMMANDS = 30_000;
const FAR: ReadonlyArray<readonly [string, Pick<Scenario, "trips" | "lateTimersMs">]> = [
	...[1, 120, 200, 400, 800, 1_000].map(
		(ms) => [`${ms} ms`, { trips: { roundTripMs: [ms, ms] } }] as const,
	),
	["1 to 1,000 ms", { trips: { roundTripMs: [1, 1_000] } }],
	[
		"20 ms, stalls of 5 s every 20 s",
		{ trips: { roundTripMs: [20, 20], stall: { everyMs: 20_000, forMs: 5_000 } } },
	],
	[
		"20 ms, timers 50 to 300 ms late",
		{ trips: { roundTripMs: [20, 20] }, lateTimersMs: [50, 300] },
	],
];

export const SCENARIOS: readonly Scenario[] = [
	...MODELS.flatMap((model) =>
		Object.entries(WORK).flatMap(([kind, work]) =>
			(kind === "one heavy" ? [100] : [10, 100]).map((inFlight) => ({
				...base(model),
				name: `${model}, ${kind}, ${inFlight} in flight`,
				work: work(),
				inFlight,
				quick: kind !== "one heavy" && inFlight === 100,
			})),
		),
	),
	...MODELS.map((model) => ({
		...base(model),
		name: `${model}, interactive 10/s where bulk runs`,
		interactive: { perSecond: 10, instances: all },
	})),
	...MODELS.map((model) => ({
		...base(model),
		name: `${model}, interactive 10/s on instances without bulk`,
		work: skewed(),
		interactive: { perSecond: 10, instances: all.filter((index) => index % 4 !== 0) },
	})),
	...MODELS.map((model) => ({
		...base(model),
		name: `${model}, 150/s stolen from second 30 on`,
		stolen: { perSecond: 150, fromSecond: 30, toSecond: Number.MAX_SAFE_INTEGER },
		idealSeconds: 30 + (COMMANDS - 30 * PER_SECOND) / (PER_SECOND - 150),
	})),
	...MODELS.map((model) => ({
		...base(model),
		name: `${model}, 150/s stolen from second 30 to 90`,
		stolen: { perSecond: 150, fromSecond: 30, toSecond: 90 },
		idealSeconds: (COMMANDS + 60 * 150) / PER_SECOND,
	})),
	...MODELS.map((model) => ({
		...base(model),
		name: `${model}, clocks differ by ±200 ms`,
		clockSkewMs: 200,
	})),
	...FAR.flatMap(([name, conditions]) =>
		MODELS.map((model) => ({
			...base(model),
			...conditions,
			name: `${model}, table ${name}`,
			work: Array.from({ length: FAR_INSTANCES }, () => FAR_COMMANDS / FAR_INSTANCES),
			quick: true,
			idealSeconds: FAR_COMMANDS / PER_SECOND,
		})),
	),
];
