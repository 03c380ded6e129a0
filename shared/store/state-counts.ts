import type { CommandFilter } from "../command/filter.ts";
import { STATES, type State } from "../command/state.ts";
import type { Table } from "../table/table.ts";
import { listCommands } from "./command-list.ts";
import type { CommandStore } from "./command-store.ts";
import { DamagedRow } from "./document-store.ts";
import { allShards, timeKey } from "./shard.ts";

export interface StateCounts {
	readonly counts: Readonly<Record<State, number>>;
	/** States of which there are more than were counted. */
	readonly more: readonly State[];
}

/** Of each state and shard: a person who looks at them needs no more, and nothing but an index is read. */
const MAX_OF_SHARD = 500;

/** Of all states together, where each command must be read. */
const MAX_READ = 500;

/** Whether an index alone knows the answer. */
export const isCountedByIndex = (filter: CommandFilter): boolean =>
	Object.entries(filter).every(
		([name, value]) => value === undefined || ["since", "until", "states"].includes(name),
	);

/** How many commands of a span of time are in each state, up to some thousands each. */
export async function countByState(
	table: Table,
	{ since, until }: Pick<CommandFilter, "since" | "until">,
): Promise<StateCounts> {
	const entries = await Promise.all(
		STATES.map(async (state) => [state, await sizesOf(state)] as const),
	);
	const sum = (sizes: readonly number[]) => sizes.reduce((all, one) => all + one, 0);
	return {
		counts: Object.fromEntries(entries.map(([state, sizes]) => [state, sum(sizes)])) as Record<
			State,
			number
		>,
		more: entries.filter(([, sizes]) => sizes.includes(MAX_OF_SHARD)).map(([state]) => state),
	};

	function sizesOf(state: State): Promise<number[]> {
		return Promise.all(
			allShards().map(async (shard) => {
				const rows = await table.range("commands_by_state", {
					prefix: [`${state}#${shard}`],
					...(since === undefined ? {} : { from: timeKey(since) }),
					...(until === undefined ? {} : { before: timeKey(until) }),
					direction: "backward",
					limit: MAX_OF_SHARD,
				});
				return rows.length;
			}),
		);
	}
}

/** The same for any filter, by reading: up to so many of the newest commands. */
export async function countByReading(
	table: Table,
	store: CommandStore,
	filter: CommandFilter,
): Promise<StateCounts> {
	const { states: _, ...wanted } = filter;
	const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
	const page = await listCommands(table, store, { ...wanted, limit: MAX_READ });
	for (const item of page.items) {
		if (!(item instanceof DamagedRow)) counts[item.document.state]++;
	}
	return { counts, more: page.next === undefined ? [] : STATES };
}
