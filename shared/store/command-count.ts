import { type CommandFilter, matches } from "../command/filter.ts";
import type { Table } from "../table/table.ts";
import { type CommandStore, readAll } from "./command-store.ts";
import { DamagedRow } from "./document-store.ts";
import { newestFirst } from "./newest-first.ts";

const PAGE = 1_000;

/** How many commands match. Their rows are read only where no index knows enough. */
export async function countCommands(
	table: Table,
	store: CommandStore,
	filter: CommandFilter,
): Promise<number> {
	const known = decidedByIndex(filter);
	let count = 0;
	for await (const entries of newestFirst(table, filter, undefined, PAGE)) {
		if (known) {
			count += entries.length;
			continue;
		}
		const rows = await readAll(store, entries);
		count += rows.filter(
			({ found }) => found && !(found instanceof DamagedRow) && matches(filter, found.document),
		).length;
	}
	return count;
}

/** Whether every entry that `newestFirst` finds matches, but for what has changed within the index's lag. */
function decidedByIndex(filter: CommandFilter): boolean {
	const { deviceKeys, states, job, schedule, service, code, source, productKey, products } = filter;
	if (service ?? code ?? source ?? productKey ?? products) return false;
	if (deviceKeys) return !states && !job && !schedule;
	return !(job && schedule);
}
