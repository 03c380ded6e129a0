import type { Command } from "commander";
import type { Reaction } from "../../client/src/index.ts";
import { apply } from "../apply.ts";
import { textOrFile } from "../options.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { firstOf, runsWithApi, type Session } from "../session.ts";
import { deleteVerb, getVerb, listVerb, verb } from "../verbs.ts";
import { deviceText } from "../words/device.ts";
import { documentFacts } from "../words/document.ts";

const COLUMNS: readonly Column<Reaction>[] = [
	{ title: "ENABLED", value: ({ enabled }) => (enabled ? "yes" : "no") },
	{ title: "NAME", value: ({ name }) => name },
	{ title: "WHEN", value: whenText },
	{ title: "CHANGED", value: ({ updatedAt }) => localTime(updatedAt) },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

export function register(command: Command, session: Session): void {
	listVerb<Reaction>(verb(command, "list", "all reactions"), session, COLUMNS, ({ client }, page) =>
		client.reactions.list(page),
	);
	getVerb(verb(command, "get", "one of them"), session, ({ client }, id) =>
		client.reactions.get(id),
	);
	const applying = verb(command, "apply", "create or replace what a file says");
	applying.argument("<file>", "JSON: one reaction, or a list; - is stdin");
	runsWithApi(applying, session, async ({ client, io, show, args }) => {
		for await (const { did, stored } of apply(io, client.reactions, "reaction", firstOf(args))) {
			show.one(stored, ({ id, name = "" }) => [`${did} ${id} ${name}`.trim()]);
		}
		return undefined;
	});
	deleteVerb(verb(command, "delete", "for good"), session, ({ client }, id) =>
		client.reactions.delete(id),
	);
	registerTest(verb(command, "test", "what an event would send; nothing is sent"), session);
}

function registerTest(command: Command, session: Session): void {
	command
		.argument("<id>", "of the reaction")
		.argument("<event>", 'JSON such as {"value": 31, "previous": 29}; @file, or - for stdin');
	runsWithApi(command, session, async ({ client, io, show, args }) => {
		const event = textOrFile(io, args[1] ?? "");
		const trial = await client.reactions.test(firstOf(args), event);
		show.one(trial, (one) =>
			one.sends ? documentFacts(show, one) : [`it sends nothing: ${one.because}`],
		);
		return undefined;
	});
}

function whenText({ when }: Reaction): string {
	const { source, identifier, condition } = when;
	return [source, identifier, deviceText(when) || when.productKey, condition && `if ${condition}`]
		.filter(Boolean)
		.join(" ");
}
