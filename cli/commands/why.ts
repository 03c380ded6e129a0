import type { Command } from "commander";
import type { Command as Shown, State } from "../../client/src/index.ts";
import type { Show } from "../output/show.ts";
import { localTime } from "../output/time.ts";
import { type ApiContext, runsWithApi, type Session } from "../session.ts";
import { type Story, storyOf } from "../words/story.ts";

/** What somebody may ask the reason of. */
const BAD: readonly State[] = ["failed", "timed_out", "unknown", "expired"];

export function register(command: Command, session: Session): void {
	command.argument("[id]", "of the command; without it, the newest that did not succeed");
	runsWithApi<object>(command, session, async (context) => {
		const { io, show } = context;
		const found = await wanted(context);
		if (!found) {
			io.say("no command has failed");
			return undefined;
		}
		const story = { id: found.id, state: found.state, ...storyOf(found, io.clock.now()) };
		show.one(story, (told) => lines(show, told));
		return undefined;
	});
}

async function wanted({ client, args: [id] }: ApiContext<object>): Promise<Shown | undefined> {
	if (id !== undefined) return client.commands.get(id);
	for await (const newest of client.commands.list({ state: BAD, limit: 1 })) return newest;
	return undefined;
}

function lines(show: Show, { headline, steps, advice }: Story): readonly string[] {
	return [
		show.paint(headline, "bold"),
		"",
		...steps.map(({ at, text }) => `  ${show.paint(localTime(at), "grey")}  ${text}`),
		...(advice ? ["", `What to do: ${advice}.`] : []),
	];
}
