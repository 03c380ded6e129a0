import type { Command } from "commander";
import { EXIT, exitOf } from "../exit.ts";
import { seconds } from "../options.ts";
import { firstOf, runsWithApi, type Session } from "../session.ts";
import { commandFacts } from "../words/command-facts.ts";

export function register(command: Command, session: Session): void {
	command
		.argument("<id>", "of the command")
		.option("--wait <time>", "wait so long for the outcome; the exit code tells it", seconds);
	runsWithApi<{ wait?: number }>(command, session, async ({ client, io, show, args, options }) => {
		const id = firstOf(args);
		const { wait } = options;
		const { signal } = io;
		const found = wait
			? await client.commands.wait(id, { seconds: wait, signal })
			: await client.commands.get(id, { signal });
		show.one(found, (shown) => commandFacts(show, shown));
		return wait ? exitOf(found.state) : EXIT.ok;
	});
}
