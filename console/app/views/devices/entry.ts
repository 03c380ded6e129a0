import type { TimelineEntry } from "../../../../client/src/index.ts";
import { exactText } from "../../api/exact.ts";

type Fields = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined =>
	typeof value === "string" ? value : undefined;

/** An entry holds a command, or says state and id itself. */
const commandOf = (entry: TimelineEntry): Fields =>
	typeof entry["command"] === "object" && entry["command"] !== null
		? (entry["command"] as Fields)
		: {};

export const stateOf = (entry: TimelineEntry): string | undefined =>
	text(entry["state"]) ?? text(entry["status"]) ?? text(commandOf(entry)["state"]);

export const commandIdOf = (entry: TimelineEntry): string | undefined =>
	text(entry["command"]) ??
	text(entry["commandId"]) ??
	text(commandOf(entry)["id"]) ??
	(entry.type === "command" ? text(entry["id"]) : undefined);

const SHOWN_ELSEWHERE = new Set(["at", "type", "state", "status", "id", "command", "commandId"]);
const OF_COMMANDS = ["service", "source", "error"];

/** What else is known of it, in one line. */
export function detailOf(entry: TimelineEntry): string {
	const command = commandOf(entry);
	const facts = [
		...OF_COMMANDS.map((name) => [name, command[name]] as const),
		...Object.entries(entry).filter(([name]) => !SHOWN_ELSEWHERE.has(name)),
	];
	return facts
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([name, value]) => `${name} ${text(value) ?? exactText(value, "")}`)
		.join(" · ");
}
