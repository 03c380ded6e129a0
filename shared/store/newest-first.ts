import type { CommandFilter } from "../command/filter.ts";
import type { State } from "../command/state.ts";
import type { IndexName, Key, Table } from "../table/table.ts";
import { allShards, timeKey } from "./shard.ts";

/** What an index knows of a command. */
export interface Entry {
	/** Its age key: what lists sort by. */
	readonly age: string;
	readonly id: string;
}

/** A part of an index: entries of one partition, by age. */
interface Source {
	readonly index: IndexName;
	readonly partition: string;
	entries: Entry[];
	/** Where to go on; absent before the first page. */
	last?: Key;
	ended: boolean;
}

const MAX_PAGE = 1_000;
/** How many more of a partition are read than it would have if all had the same number, so that one reading is enough. */
const SPARE_SHARE = 1.5;
const SPARE = 4;

/**
 * The entries of the narrowest index that holds every command of the filter,
 * newest first and each once, and only of the span of time that is asked for.
 * Each answer reads at least one page of some partition.
 *
 * @param olderThan begins behind this age key.
 * @param wanted how many entries are probably enough.
 */
export async function* newestFirst(
	table: Table,
	filter: CommandFilter,
	olderThan: string | undefined,
	wanted: number,
): AsyncGenerator<Entry[], void, undefined> {
	const sources = sourcesOf(filter);
	const before = olderThan ?? (filter.until === undefined ? undefined : timeKey(filter.until));
	let told = "";
	const share = Math.ceil((wanted * SPARE_SHARE) / sources.length) + SPARE;
	for (let limit = Math.min(wanted, share); ; limit = Math.min(limit * 2, MAX_PAGE)) {
		const empty = sources.filter(({ entries, ended }) => entries.length === 0 && !ended);
		await Promise.all(empty.map((source) => readOn(table, source, filter, before, limit)));
		const entries = certain(sources).filter(
			({ age }, at, all) => age !== (all[at - 1]?.age ?? told),
		);
		told = entries.at(-1)?.age ?? told;
		if (entries.length > 0) yield entries;
		if (sources.every(({ entries, ended }) => ended && entries.length === 0)) return;
	}
}

async function readOn(
	table: Table,
	source: Source,
	{ since, states }: CommandFilter,
	before: string | undefined,
	limit: number,
): Promise<void> {
	const rows = await table.range(source.index, {
		prefix: [source.partition],
		...(since === undefined ? {} : { from: timeKey(since) }),
		...(before === undefined ? {} : { before }),
		...(source.last ? { after: source.last } : {}),
		direction: "backward",
		limit,
	});
	source.ended = rows.length < limit;
	const last = rows.at(-1)?.key;
	if (last) source.last = last;
	source.entries = rows
		.filter(({ columns: { state_shard: at } }) => at === undefined || inStates(String(at), states))
		.map(({ key: [, age = ""] }) => ({ age, id: age.slice(age.indexOf("#") + 1) }));
}

/** What an index says lags behind: it may leave out only what was not asked for a moment ago. */
const inStates = (stateShard: string, states: readonly State[] | undefined): boolean =>
	!states || states.some((state) => stateShard.startsWith(`${state}#`));

/** Takes out of the sources what nothing that is still unread can come before. */
function certain(sources: readonly Source[]): Entry[] {
	const horizon = sources
		.map(({ ended, last: [, age = ""] = [] }) => (ended ? "" : age))
		.reduce((newest, age) => (age > newest ? age : newest), "");
	return sources
		.flatMap((source) => {
			const end = source.entries.findIndex(({ age }) => age < horizon);
			return source.entries.splice(0, end === -1 ? source.entries.length : end);
		})
		.sort((a, b) => (a.age < b.age ? 1 : -1));
}

function sourcesOf({ deviceKeys, job, schedule, states }: CommandFilter): Source[] {
	const group = job ?? schedule;
	const parts = (index: IndexName, partitions: readonly string[]) =>
		partitions.map((partition) => ({ index, partition, entries: [], ended: false }));
	if (deviceKeys) return parts("commands_by_device", deviceKeys);
	if (group !== undefined) return parts("commands_by_group", [group]);
	if (!states) return parts("commands_by_age", allShards());
	const shards = states.flatMap((state) => allShards().map((shard) => `${state}#${shard}`));
	return parts("commands_by_state", shards);
}
