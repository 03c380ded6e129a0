import type { Clock } from "../../../shared/clock.ts";
import type { Lane } from "../../../shared/command/command.ts";
import type { Table } from "../../../shared/table/table.ts";

export interface Surroundings {
	/** This instance's clock, which may be wrong. */
	readonly clock: Clock;
	readonly random: () => number;
	readonly table: Table;
	/** The account's limit, in calls a second. */
	readonly perSecond: number;
	readonly instances: number;
}

/** Makes one call. @throws Throttled */
type Call = () => Promise<void>;

export class Throttled extends Error {
	override readonly name = "Throttled";
	constructor() {
		super("Throttling.User");
	}
}

/** What one instance does with its calls: resolves once this one was taken. */
export type Sender = (lane: Lane, call: Call) => Promise<void>;

export interface Strategy {
	readonly name: string;
	/** For the table's reader. */
	readonly by: string;
	/** For packages that take very long to simulate and hardly depend on chance. */
	readonly maxSeeds?: number;
	/** What the table store does matters to it. */
	readonly usesTable?: boolean;
	/** One for each instance. */
	create(surroundings: Surroundings): Sender;
}
