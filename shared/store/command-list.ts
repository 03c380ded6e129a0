import type { State } from "../command/state.ts";
import type { IndexName, Table } from "../table/table.ts";
import { type CommandStore, fromRow, type Stored } from "./command-store.ts";
import { allShards, spread } from "./shard.ts";

export interface ListQuery {
	/** Keys of the one device asked for; absent: all devices. */
	readonly deviceKeys?: readonly string[];
	readonly state?: State;
	readonly limit: number;
	/** Only commands older than the one with this id. */
	readonly olderThan?: string;
}

/** A page that must look at more rows than this ends early and says where it stopped. */
const MAX_ROWS_READ = 1_000;

export interface Page {
	readonly commands: readonly Stored[];
	/** Give it as `olderThan` to go on; absent at the end. */
	readonly next?: string;
}

/** Newest first. Ids begin with their time, so the order of ids is the order of age. */
export async function listCommands(
	table: Table,
	store: CommandStore,
	query: ListQuery,
): Promise<Page> {
	return query.deviceKeys
		? listOfDevice(table, query.deviceKeys, query)
		: listOfAll(table, store, query);
}

async function listOfDevice(
	table: Table,
	deviceKeys: readonly string[],
	query: ListQuery,
): Promise<Page> {
	const found: Stored[] = [];
	let olderThan = query.olderThan;
	for (let read = 0; read < MAX_ROWS_READ; ) {
		const limit = query.limit + 1;
		const pages = await Promise.all(
			deviceKeys.map((key) =>
				table.range("commands", {
					prefix: [spread(key)],
					...(olderThan ? { before: olderThan } : {}),
					direction: "backward",
					limit,
				}),
			),
		);
		const rows = newestFirst(pages.flat().map(fromRow), ({ command }) => command.id).slice(
			0,
			limit,
		);
		for (const stored of rows) {
			if (query.state && stored.command.state !== query.state) continue;
			if (found.length === query.limit) return page(found, found.at(-1)?.command.id);
			found.push(stored);
		}
		if (rows.length < limit) return page(found);
		read += rows.length;
		olderThan = rows.at(-1)?.command.id;
	}
	return page(found, olderThan);
}

async function listOfAll(table: Table, store: CommandStore, query: ListQuery): Promise<Page> {
	const index: IndexName = query.state ? "commands_by_state" : "commands_by_age";
	const limit = query.limit + 1;
	const pages = await Promise.all(
		allShards().map((shard) =>
			table.range(index, {
				prefix: [query.state ? `${query.state}#${shard}` : shard],
				...(query.olderThan ? { before: query.olderThan } : {}),
				direction: "backward",
				limit,
			}),
		),
	);
	const ids = newestFirst(
		pages.flat().map(({ key }) => key[1] ?? ""),
		(id) => id,
	);
	const shown = ids.slice(0, query.limit);
	// The index lags behind: what it says is read again, and what has changed meanwhile is left out.
	const stored = await Promise.all(shown.map((id) => store.get(id)));
	const commands = stored.flatMap((item) =>
		item && (!query.state || item.command.state === query.state) ? [item] : [],
	);
	return page(commands, ids.length > shown.length ? shown.at(-1) : undefined);
}

function page(commands: readonly Stored[], next?: string): Page {
	return next === undefined ? { commands } : { commands, next };
}

function newestFirst<T>(items: readonly T[], id: (item: T) => string): T[] {
	return [...items].sort((left, right) => (id(left) < id(right) ? 1 : -1));
}
