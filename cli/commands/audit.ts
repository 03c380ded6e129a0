import type { Command } from "commander";
import type { AuditEntry } from "../../client/src/index.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import type { Session } from "../session.ts";
import { listVerb } from "../verbs.ts";

const FIRST_REFUSAL = 400;

const COLUMNS: readonly Column<AuditEntry>[] = [
	{ title: "AT", value: ({ at }) => localTime(at) },
	{ title: "BY", value: ({ by }) => by },
	{ title: "WHAT", value: ({ action }) => action },
	{
		title: "RESULT",
		value: ({ status }) => `${Number(status) < FIRST_REFUSAL ? "done" : "refused"} ${status}`,
	},
	{ title: "FROM", value: ({ address }) => address },
	{ title: "SUBJECT", value: ({ subject }) => subject, whole: true },
];

export function register(command: Command, session: Session): void {
	listVerb<AuditEntry>(command, session, COLUMNS, ({ client }, page) => client.audit(page));
}
