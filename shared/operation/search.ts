import { matches } from "../command/filter.ts";
import { type CommandStore, readAll } from "../store/command-store.ts";
import { DamagedRow } from "../store/document-store.ts";
import { newestFirst } from "../store/newest-first.ts";
import type { Table } from "../table/table.ts";
import type { Target } from "./act.ts";
import { type Operation, USUAL_STATES } from "./operation.ts";

/** Commands of one page: two full batches of writes. */
const PAGE = 400;
/** A page that must look at more rows than this is what was found until then, so that progress is stored. */
const MAX_ROWS_READ = 4_000;

export interface Found {
	readonly targets: readonly Target[];
	/** Where to go on. */
	readonly cursor: string;
}

/** Finds an operation's commands behind its cursor, page by page. */
export async function* search(
	{ table, commands }: { readonly table: Table; readonly commands: CommandStore },
	{ kind, filter, cursor, round }: Operation,
): AsyncGenerator<Found, undefined, undefined> {
	const first = round === 1;
	const states = filter.states?.filter((state) => USUAL_STATES[kind].includes(state)) ?? [];
	// The second round looks for what the first did not see, not for what it skipped.
	const wanted = first ? filter : { ...filter, states };
	if (states.length === 0 && !first) return undefined;
	let targets: Target[] = [];
	let last = "";
	let rowsRead = 0;
	for await (const entries of newestFirst(table, wanted, cursor, PAGE)) {
		while (entries.length > 0) {
			const some = entries.splice(0, PAGE - targets.length);
			rowsRead += some.length;
			last = some.at(-1)?.age ?? last;
			for (const { entry, found } of await readAll(commands, some)) {
				const fits = found instanceof DamagedRow ? first : found && matches(wanted, found.document);
				if (found && fits) targets.push({ id: entry.id, read: found });
			}
			if (targets.length < PAGE && rowsRead < MAX_ROWS_READ) continue;
			yield { targets, cursor: last };
			targets = [];
			rowsRead = 0;
		}
	}
	if (targets.length > 0) yield { targets, cursor: last };
	return undefined;
}
