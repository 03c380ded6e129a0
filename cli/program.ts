import { Command } from "commander";
import project from "../package.json" with { type: "json" };
import { CATALOG } from "./catalog.ts";
import type { Session } from "./session.ts";

const HELP = `
Where the API is: THINGCAST_URL and THINGCAST_KEY, or --profile <name>.
How it ends: 0 done, 1 failed, 2 wrong usage, 3 unknown outcome, 4 timed out,
5 paused, 6 not sent, 7 not ended yet.`;

/** The program with the commands that `wanted` names in full, and all others by name only. */
export async function createProgram(
	session: Session,
	wanted: (name: string) => boolean,
): Promise<Command> {
	const { io } = session;
	const program = new Command("thingcast")
		.description("Commands to devices on Alibaba Cloud IoT Platform, and what became of each.")
		.version(project.version)
		.exitOverride()
		.showSuggestionAfterError()
		.showHelpAfterError("(--help says more)")
		.configureHelp({ helpWidth: io.columns ?? 100 })
		.configureOutput({
			writeOut: (text) => io.out(text.trimEnd()),
			writeErr: (text) => io.say(text.trimEnd()),
			outputError: (text, write) => write(text.replace(/^error: /, "thingcast: ")),
		})
		.addHelpText("after", HELP);
	for (const { name, summary, group, load } of CATALOG) {
		const command = program.command(name).summary(summary).description(summary).helpGroup(group);
		if (wanted(name)) (await load()).register(command, session);
	}
	return program;
}
