import type { Command } from "commander";
import type { AuditEntry } from "../../client/src/index.ts";
import { exactText } from "../output/exact.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import type { Session } from "../session.ts";
import { listVerb } from "../verbs.ts";

const COLUMNS: readonly Column<AuditEntry>[] = [
	{ title: "AT", value: ({ at }) => localTime(at) },
	{ title: "BY", value: ({ by }) => by },
	{ title: "WHAT", value: whatText },
];

export function register(command: Command, session: Session): void {
	listVerb<AuditEntry>(command, session, COLUMNS, ({ client }, page) => client.audit(page));
}

function whatText({ at: _at, by: _by, id: _id, ...facts }: AuditEntry): string {
	return Object.values(facts)
		.map((value) => (typeof value === "string" ? value : exactText(value)))
		.join(" ");
}
