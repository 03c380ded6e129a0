import type { Command } from "../../../../client/src/index.ts";
import { State } from "../../parts/state.tsx";
import type { Column } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { deviceText } from "../../parts/words.ts";

export const commandHref = (id: string): string => `#/commands/${encodeURIComponent(id)}`;

export const COMMAND_COLUMNS: readonly Column<Command>[] = [
	{ title: "State", width: "8.5rem", cell: ({ state }) => <State of={state} /> },
	{ title: "Service", width: "minmax(6rem, 1fr)", cell: ({ service }) => service },
	{ title: "Device", width: "minmax(8rem, 2fr)", cell: ({ device }) => deviceText(device) },
	{
		title: "Error",
		width: "minmax(6rem, 2fr)",
		spare: true,
		cell: (command) => ("error" in command ? <code>{command.error?.code}</code> : ""),
	},
	{ title: "Source", width: "6rem", spare: true, cell: ({ source }) => source.type },
	{
		title: "Attempts",
		width: "5rem",
		spare: true,
		end: true,
		cell: ({ attempts, attemptsOmitted = 0 }) => attempts.length + attemptsOmitted,
	},
	{
		title: "Accepted",
		width: "10.5rem",
		end: true,
		cell: ({ createdAt }) => <Time at={createdAt} />,
	},
];
