import type { Command } from "../../client/src/index.ts";
import { colourOfState } from "../output/colour.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { deviceText } from "./device.ts";

/** What stands in the last column: the error, or what the device said. */
export function detailOf(command: Command): string {
	if ("error" in command && command.error) {
		return `${command.error.code} ${command.error.message}`.trim();
	}
	if ("reply" in command && command.reply) return `replied ${command.reply.code}`;
	return "nextAt" in command && command.nextAt ? `next ${localTime(command.nextAt)}` : "";
}

export const COMMAND_COLUMNS: readonly Column<Command>[] = [
	{
		title: "STATE",
		value: ({ state }) => state,
		colour: ({ state }) => colourOfState(state),
	},
	{ title: "CREATED", value: ({ createdAt }) => localTime(createdAt) },
	{ title: "DEVICE", value: ({ device }) => deviceText(device) },
	{ title: "SERVICE", value: ({ service }) => service },
	{ title: "TRIES", value: triesOf, right: true },
	{ title: "DETAIL", value: detailOf },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

function triesOf({ attempts, attemptsOmitted = 0 }: Command): number {
	return attempts.length + attemptsOmitted;
}
