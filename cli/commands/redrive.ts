import type { Command } from "commander";
import { type BulkOptions, doToAll, givesIds } from "../bulk.ts";
import { each } from "../each.ts";
import { EXIT, exitOf } from "../exit.ts";
import { addFilters, seconds } from "../options.ts";
import { runsWithApi, type Session } from "../session.ts";
import { commandFacts } from "../words/command-facts.ts";

export function register(command: Command, session: Session): void {
	addFilters(command.argument("[id...]", "of commands; instead of a filter"))
		.option("-y, --yes", "do not ask")
		.option("--dry-run", "only say how many match")
		.option("--wait <time>", "with ids: wait so long for each outcome", seconds)
		.addHelpText(
			"after",
			"\nExample, all that failed today for one reason:\n  thingcast redrive --state failed --code iot.device.InactiveDevice --since 1d",
		);
	runsWithApi<BulkOptions & { wait?: number }>(command, session, async (context) => {
		const { client, io, show, options } = context;
		const { redriveWhere, redrive } = client.commands;
		if (!givesIds(context)) {
			return doToAll(context, {
				verb: "redrive",
				done: "redriven",
				start: (filter) => redriveWhere(filter),
				count: (filter) => redriveWhere(filter, { dryRun: true }),
			});
		}
		return each(context, async (id) => {
			const sent = await redrive(id, { wait: options.wait, signal: io.signal });
			show.one(sent, (one) => commandFacts(show, one));
			return options.wait ? exitOf(sent.state) : EXIT.ok;
		});
	});
}
