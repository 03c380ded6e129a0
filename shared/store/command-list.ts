import type { Command } from "../command/command.ts";
import { damagedCommand } from "../command/create.ts";
import { type CommandFilter, matches } from "../command/filter.ts";
import type { Stored } from "../stored.ts";
import type { IndexName, Table } from "../table/table.ts";
import { ageKey, type CommandStore } from "./command-store.ts";
import { DamagedRow } from "./document-store.ts";
import { allShards, timeKey } from "./shard.ts";

export interface ListQuery extends CommandFilter {
	readonly limit: number;
	/** Only commands older than the one with this age key: `next` of an earlier page. */
	readonly olderThan?: string;
}

/** A page that must look at more rows than this ends early and says where it stopped. */
const MAX_ROWS_READ = 1_000;

export interface Page {
	readonly commands: readonly Stored<Command>[];
	/** Give it as `olderThan` to go on; absent at the end. */
	readonly next?: string;
}

/**
 * Newest first. What an index says is read again: it lags behind, so commands
 * that have changed meanwhile are left out where they no longer match.
 */
export async function listCommands(
	table: Table,
	store: CommandStore,
	query: ListQuery,
): Promise<Page> {
	const partitions = partitionsOf(query);
	const found: Stored<Command>[] = [];
	let olderThan = query.olderThan;
	for (let read = 0; read < MAX_ROWS_READ; ) {
		const wanted = query.limit + 1;
		const entries = await newest(table, partitions, query, olderThan, wanted);
		const commands = await Promise.all(entries.map((entry) => getOrShow(store, entry)));
		for (const [index, stored] of commands.entries()) {
			if (!stored || !matches(query, stored.document)) continue;
			if (found.length === query.limit) return page(found, lastAge(found));
			found.push(stored);
			olderThan = entries[index]?.age;
		}
		if (entries.length < wanted) return page(found);
		read += entries.length;
		olderThan = entries.at(-1)?.age;
	}
	return page(found, olderThan);
}

interface Entry {
	readonly age: string;
	readonly id: string;
}

/** A row that cannot be read takes its place in the list, and says why; version 0 is no version of any row. */
async function getOrShow(
	store: CommandStore,
	{ age, id }: Entry,
): Promise<Stored<Command> | undefined> {
	try {
		return await store.get(id);
	} catch (error) {
		if (!(error instanceof DamagedRow)) throw error;
		return {
			version: 0n,
			document: damagedCommand(id, Number(age.slice(0, -id.length - 1)), error),
		};
	}
}

interface Partition {
	readonly index: IndexName;
	readonly key: string;
}

/** The parts of the narrowest index that hold every command of the query. */
function partitionsOf({ deviceKeys, job, schedule, states }: CommandFilter): Partition[] {
	if (deviceKeys) return deviceKeys.map((key) => ({ index: "commands_by_device", key }));
	const group = job ?? schedule;
	if (group !== undefined) return [{ index: "commands_by_group", key: group }];
	if (!states) return allShards().map((key) => ({ index: "commands_by_age", key }));
	return states.flatMap((state) =>
		allShards().map((shard) => ({ index: "commands_by_state", key: `${state}#${shard}` }) as const),
	);
}

/** The newest entries of all partitions together, each command once. */
async function newest(
	table: Table,
	partitions: readonly Partition[],
	{ since, until }: CommandFilter,
	olderThan: string | undefined,
	limit: number,
): Promise<Entry[]> {
	const before = olderThan ?? (until === undefined ? undefined : timeKey(until));
	const pages = await Promise.all(
		partitions.map(({ index, key }) =>
			table.range(index, {
				prefix: [key],
				...(since === undefined ? {} : { from: timeKey(since) }),
				...(before === undefined ? {} : { before }),
				direction: "backward",
				limit,
			}),
		),
	);
	const ages = new Set(pages.flat().map(({ key }) => key[1] ?? ""));
	return [...ages]
		.sort((a, b) => (a < b ? 1 : -1))
		.slice(0, limit)
		.map((age) => ({ age, id: age.slice(age.indexOf("#") + 1) }));
}

const lastAge = (found: readonly Stored<Command>[]): string | undefined => {
	const last = found.at(-1);
	return last && ageKey(last.document);
};

const page = (commands: readonly Stored<Command>[], next?: string): Page =>
	next === undefined ? { commands } : { commands, next };
