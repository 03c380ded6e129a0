import type { CommandFilter, Operation } from "../client/src/index.ts";
import { EXIT } from "./exit.ts";
import type { Ask } from "./io.ts";
import { type FilterOptions, filterOf } from "./options.ts";
import { UsageError } from "./problems.ts";
import type { ApiContext } from "./session.ts";

/** Ids or a filter: who gives both means only one of them. @throws UsageError */
export function givesIds({ args, options }: ApiContext<BulkOptions>): boolean {
	if (args.length === 0) return false;
	if (Object.keys(filterOf(options)).length === 0) return true;
	throw new UsageError("both ids and a filter are given", "give either");
}

export interface BulkOptions extends FilterOptions {
	readonly yes?: boolean;
	readonly dryRun?: boolean;
}

interface Bulk {
	/** `cancel`, `redrive` */
	readonly verb: string;
	readonly done: string;
	readonly start: (filter: CommandFilter) => Promise<Operation>;
	readonly count: (filter: CommandFilter) => Promise<{ matched: number }>;
}

/** Counts what matches, asks, does it, and tells how it goes. */
export async function doToAll(
	{ client, io, show, options }: ApiContext<BulkOptions>,
	{ verb, done, start, count }: Bulk,
): Promise<number> {
	const filter = filterOf(options);
	if (Object.keys(filter).length === 0) {
		throw new UsageError(`${verb} what?`, "give an id, or at least one filter such as --state");
	}
	const { matched } = await count(filter);
	if (options.dryRun || matched === 0) {
		show.one({ matched }, () => [`${commands(matched)} ${matched === 1 ? "matches" : "match"}`]);
		return EXIT.ok;
	}
	if (!options.yes && !(await confirmed(io.ask, `${commands(matched)} match. ${verb} them?`))) {
		io.say(`nothing was done`);
		return EXIT.usage;
	}
	const { id } = await start(filter);
	const operation = await client.operations.wait(id, {
		signal: io.signal,
		onProgress: (state) => io.progress(`${state.done} of ${state.matched} ${done} …`),
	});
	show.one(operation, ({ matched, skipped, failed, ...one }) => [
		`${one.done} of ${commands(matched)} ${done}${rest("skipped", skipped)}${rest("failed", failed)}`,
	]);
	return operation.failed > 0 ? EXIT.failed : EXIT.ok;
}

/** @throws UsageError where nobody can be asked. */
async function confirmed(ask: Ask | undefined, question: string): Promise<boolean> {
	if (!ask) throw new UsageError(question, "nobody is here to answer: add --yes");
	return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}

const commands = (count: number) => `${count} command${count === 1 ? "" : "s"}`;
const rest = (word: string, count: number) => (count > 0 ? `, ${count} ${word}` : "");
