import type { Command } from "commander";
import type { Session } from "./session.ts";

interface Module {
	/** Gives the command its options, its subcommands and what it does. */
	register(command: Command, session: Session): void;
}

export interface Entry {
	readonly name: string;
	readonly summary: string;
	readonly group: string;
	/** Only the module of the command that was asked for is loaded. */
	readonly load: () => Promise<Module>;
}

const commands = "Commands to devices:";
const plans = "On a schedule, or because of an event:";
const fleet = "Many devices:";
const account = "Account:";
const system = "Set-up:";

/** Every command there is. A new one is a file in `commands/` and a line here. */
export const CATALOG: readonly Entry[] = [
	{
		name: "send",
		summary: "send a command to a device",
		group: commands,
		load: () => import("./commands/send.ts"),
	},
	{
		name: "get",
		summary: "one command, with its attempts",
		group: commands,
		load: () => import("./commands/get.ts"),
	},
	{
		name: "list",
		summary: "commands by state, time, device, …",
		group: commands,
		load: () => import("./commands/list.ts"),
	},
	{
		name: "why",
		summary: "what became of a command, in words",
		group: commands,
		load: () => import("./commands/why.ts"),
	},
	{
		name: "tail",
		summary: "the last commands; -f follows",
		group: commands,
		load: () => import("./commands/tail.ts"),
	},
	{
		name: "cancel",
		summary: "do not send: by id, or all that match",
		group: commands,
		load: () => import("./commands/cancel.ts"),
	},
	{
		name: "redrive",
		summary: "send again: by id, or all that match",
		group: commands,
		load: () => import("./commands/redrive.ts"),
	},
	{
		name: "schedule",
		summary: "commands at their time",
		group: plans,
		load: () => import("./commands/schedule.ts"),
	},
	{
		name: "due",
		summary: "what fires next, over all schedules",
		group: plans,
		load: () => import("./commands/due.ts"),
	},
	{
		name: "reaction",
		summary: "commands because of events",
		group: plans,
		load: () => import("./commands/reaction.ts"),
	},
	{
		name: "job",
		summary: "one command to many devices, in waves",
		group: fleet,
		load: () => import("./commands/job/index.ts"),
	},
	{
		name: "device",
		summary: "the devices, and what happened to each",
		group: fleet,
		load: () => import("./commands/device.ts"),
	},
	{
		name: "dead-letters",
		summary: "messages that were no command",
		group: account,
		load: () => import("./commands/dead-letters.ts"),
	},
	{
		name: "quota",
		summary: "the account's calls, and who makes them",
		group: account,
		load: () => import("./commands/quota.ts"),
	},
	{
		name: "keys",
		summary: "keys of the API",
		group: account,
		load: () => import("./commands/keys.ts"),
	},
	{
		name: "audit",
		summary: "who changed what",
		group: account,
		load: () => import("./commands/audit.ts"),
	},
	{
		name: "console",
		summary: "the web console, on this machine",
		group: system,
		load: () => import("./commands/console.ts"),
	},
	{
		name: "dev",
		summary: "the local cloud on this machine, with the console",
		group: system,
		load: () => import("./commands/dev.ts"),
	},
	{
		name: "setup",
		summary: "create what a deployment stands on; plan first",
		group: system,
		load: () => import("./commands/setup.ts"),
	},
	{
		name: "doctor",
		summary: "what is missing, by reading only",
		group: system,
		load: () => import("./commands/doctor.ts"),
	},
	{
		name: "profile",
		summary: "urls and keys under a name",
		group: system,
		load: () => import("./commands/profile.ts"),
	},
	{
		name: "completion",
		summary: "for bash, zsh or fish",
		group: system,
		load: () => import("./commands/completion.ts"),
	},
];
