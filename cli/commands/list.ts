import type { Command } from "commander";
import { addFilters, type FilterOptions, filterOf, limitOption, pageSize } from "../options.ts";
import { runsWithApi, type Session } from "../session.ts";
import { COMMAND_COLUMNS } from "../words/command-columns.ts";

const USUAL = 20;

export function register(command: Command, session: Session): void {
	addFilters(command)
		.addOption(limitOption(USUAL))
		.addHelpText(
			"after",
			"\nExample, the failures of the last hour:\n  thingcast list --state failed,timed_out --since 1h",
		);
	runsWithApi<FilterOptions & { limit: number }>(
		command,
		session,
		async ({ client, show, options }) => {
			const { limit } = options;
			const found = client.commands.list({ ...filterOf(options), limit: pageSize(limit) });
			await show.list(found, COMMAND_COLUMNS, { limit, none: "no command matches" });
			return undefined;
		},
	);
}
