import type { Command, CommandFilter } from "../../../../client/src/index.ts";
import { inStates } from "./filter.ts";

export interface Merged {
	readonly items: readonly Command[];
	/** How many are new at the top. */
	readonly added: number;
}

/** The list, newest first, with what the stream has told: changed, gone, or new. */
export function merge(
	items: readonly Command[],
	changed: readonly Command[],
	filter: CommandFilter,
): Merged {
	const latest = new Map(changed.map((command) => [command.id, command]));
	const kept = items.flatMap((command) => {
		const now = latest.get(command.id) ?? command;
		latest.delete(command.id);
		return inStates(filter, now.state) ? [now] : [];
	});
	// What is older than the list reaches stands on a page that is not read yet.
	const oldest = items.at(-1)?.createdAt ?? "";
	const fresh = [...latest.values()]
		.filter(({ state, createdAt }) => inStates(filter, state) && createdAt >= oldest)
		.sort(newestFirst);
	if (fresh.length === 0) return { items: kept, added: 0 };
	return { items: [...fresh, ...kept].sort(newestFirst), added: fresh.length };
}

const newestFirst = (left: Command, right: Command): number =>
	left.createdAt === right.createdAt
		? left.id < right.id
			? 1
			: -1
		: left.createdAt < right.createdAt
			? 1
			: -1;
