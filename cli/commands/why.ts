import type { Command } from "commander";
import type { Show } from "../output/show.ts";
import { localTime } from "../output/time.ts";
import { firstOf, runsWithApi, type Session } from "../session.ts";
import { type Story, storyOf } from "../words/story.ts";

export function register(command: Command, session: Session): void {
	command.argument("<id>", "of the command");
	runsWithApi(command, session, async ({ client, io, show, args }) => {
		const found = await client.commands.get(firstOf(args));
		const story = { id: found.id, state: found.state, ...storyOf(found, io.clock.now()) };
		show.one(story, (told) => lines(show, told));
		return undefined;
	});
}

function lines(show: Show, { headline, steps, advice }: Story): readonly string[] {
	return [
		show.paint(headline, "bold"),
		"",
		...steps.map(({ at, text }) => `  ${show.paint(localTime(at), "grey")}  ${text}`),
		...(advice ? ["", `What to do: ${advice}.`] : []),
	];
}
