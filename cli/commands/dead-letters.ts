import type { Command } from "commander";
import type { DeadLetter } from "../../client/src/index.ts";
import { each } from "../each.ts";
import { EXIT, exitOf } from "../exit.ts";
import { seconds } from "../options.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { runsWithApi, type Session } from "../session.ts";
import { getVerb, listVerb, verb } from "../verbs.ts";
import { commandFacts } from "../words/command-facts.ts";

const COLUMNS: readonly Column<DeadLetter>[] = [
	{ title: "AT", value: ({ at }) => localTime(at) },
	{ title: "FROM", value: ({ source }) => source.type },
	{ title: "REASON", value: ({ reason }) => reason },
	{ title: "TEXT", value: ({ text }) => text },
	{ title: "REDRIVEN", value: ({ redrivenAs }) => (redrivenAs ? "yes" : "") },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

export function register(command: Command, session: Session): void {
	listVerb<DeadLetter>(
		verb(command, "list", "messages that were no command, newest first"),
		session,
		COLUMNS,
		({ client }, page) => client.deadLetters.list(page),
	);
	getVerb(verb(command, "get", "one, with its text and the reason"), session, ({ client }, id) =>
		client.deadLetters.get(id),
	);
	const redrive = verb(command, "redrive", "try again to make it a command")
		.argument("<id...>")
		.option("--wait <time>", "30 s at most: wait for the outcome", seconds);
	runsWithApi<{ wait?: number }>(redrive, session, (context) =>
		each(context, async (id) => {
			const { client, show, options } = context;
			const sent = await client.deadLetters.redrive(id, options);
			show.one(sent, (one) => commandFacts(show, one));
			return options.wait ? exitOf(sent.state) : EXIT.ok;
		}),
	);
}
