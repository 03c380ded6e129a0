import type { Command } from "commander";
import { type BulkOptions, doToAll, givesIds } from "../bulk.ts";
import { each } from "../each.ts";
import { addFilters } from "../options.ts";
import { runsWithApi, type Session } from "../session.ts";
import { commandFacts } from "../words/command-facts.ts";

export function register(command: Command, session: Session): void {
	addFilters(command.argument("[id...]", "of commands; instead of a filter"))
		.option("-y, --yes", "do not ask")
		.option("--dry-run", "only say how many match")
		.addHelpText(
			"after",
			"\nExample, all that waits for one device:\n  thingcast cancel --product a1… --device light --state accepted,waiting",
		);
	runsWithApi<BulkOptions>(command, session, async (context) => {
		const { client, show } = context;
		const { cancelWhere, cancel } = client.commands;
		if (!givesIds(context)) {
			return doToAll(context, {
				verb: "cancel",
				done: "canceled",
				start: (filter) => cancelWhere(filter),
				count: (filter) => cancelWhere(filter, { dryRun: true }),
			});
		}
		return each(context, async (id) => {
			show.one(await cancel(id), (canceled) => commandFacts(show, canceled));
			return undefined;
		});
	});
}
