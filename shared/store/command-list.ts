import type { Command } from "../command/command.ts";
import { type CommandFilter, matches } from "../command/filter.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { type CommandStore, readAll } from "./command-store.ts";
import { DamagedRow } from "./document-store.ts";
import { newestFirst } from "./newest-first.ts";

export interface ListQuery extends CommandFilter {
	readonly limit: number;
	/** Only commands older than the one with this age key: `next` of an earlier page. */
	readonly olderThan?: string;
}

/** A page that must look at more rows than this ends early and says where it stopped. */
const MAX_ROWS_READ = 1_000;

export interface Page {
	/** A damaged row is shown wherever an index has it: nobody can tell that it does not match. */
	readonly items: ReadonlyArray<Stored<Command> | DamagedRow>;
	/** Give it as `olderThan` to go on; absent at the end. */
	readonly next?: string;
}

/**
 * Newest first. A command keeps its place whatever becomes of it, so pages that
 * follow one another neither skip nor repeat one. What an index says is read
 * again: it lags behind, so commands that have changed meanwhile are left out
 * where they no longer match.
 *
 * Where several states are asked for, a command that goes from one to another
 * within the milliseconds in which a page reads its index can be missed by it.
 */
export async function listCommands(
	table: Table,
	store: CommandStore,
	query: ListQuery,
): Promise<Page> {
	const { limit, olderThan } = query;
	const items: Page["items"][number][] = [];
	let last: string | undefined;
	let rowsRead = 0;
	for await (const entries of newestFirst(table, query, olderThan, limit + 1)) {
		while (entries.length > 0) {
			if (rowsRead >= MAX_ROWS_READ) return page(items, last);
			const some = entries.splice(0, limit + 1);
			rowsRead += some.length;
			for (const { entry, found } of await readAll(store, some)) {
				const fits = found && (found instanceof DamagedRow || matches(query, found.document));
				if (fits && items.length === limit) return page(items, last);
				if (fits) items.push(found);
				if (fits || items.length < limit) last = entry.age;
			}
		}
	}
	return page(items);
}

const page = (items: Page["items"], next?: string): Page =>
	next === undefined ? { items } : { items, next };
