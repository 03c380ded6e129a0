import type { Command } from "commander";
import { each } from "./each.ts";
import { limitOption, pageSize } from "./options.ts";
import type { Column } from "./output/table.ts";
import { type ApiContext, firstOf, runsWithApi, type Session } from "./session.ts";
import { documentFacts } from "./words/document.ts";

const USUAL = 20;

/** A subcommand, such as `get <id>`. */
export const verb = (parent: Command, usage: string, summary: string): Command =>
	parent.command(usage).summary(summary).description(summary);

/** `list`, of anything. */
export function listVerb<T, Options = object>(
	command: Command,
	session: Session,
	columns: readonly Column<T>[],
	list: (context: ApiContext<Options>, page: { limit: number }) => AsyncIterable<T>,
): void {
	command.addOption(limitOption(USUAL));
	runsWithApi<Options & { limit: number }>(command, session, async (context) => {
		const { limit } = context.options;
		await context.show.list(list(context, { limit: pageSize(limit) }), columns, { limit });
		return undefined;
	});
}

/** A verb that takes ids and shows what each then looks like. */
export function eachVerb<T extends object>(
	command: Command,
	session: Session,
	change: (context: ApiContext<object>, id: string) => Promise<T>,
): void {
	command.argument("<id...>");
	runsWithApi<object>(command, session, (context) =>
		each(context, async (id) => {
			const { show } = context;
			show.one(await change(context, id), (changed) => documentFacts(show, changed));
			return undefined;
		}),
	);
}

/** A verb that takes ids and leaves nothing to show. */
export function deleteVerb(
	command: Command,
	session: Session,
	remove: (context: ApiContext<object>, id: string) => Promise<void>,
): void {
	command.argument("<id...>");
	runsWithApi<object>(command, session, (context) =>
		each(context, async (id) => {
			await remove(context, id);
			context.show.one({ id, deleted: true }, () => [`deleted ${id}`]);
			return undefined;
		}),
	);
}

/** `get <id>` */
export function getVerb<T extends object>(
	command: Command,
	session: Session,
	get: (context: ApiContext<object>, id: string) => Promise<T>,
): void {
	command.argument("<id>");
	runsWithApi<object>(command, session, async (context) => {
		const { args, show } = context;
		show.one(await get(context, firstOf(args)), (found) => documentFacts(show, found));
		return undefined;
	});
}
