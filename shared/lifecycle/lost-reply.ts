import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { KeptReply, ReplyStore } from "../store/reply-store.ts";
import { certainReplies, lostCalls, REPLY_WITHIN_MS, tiedTo } from "./lost-calls.ts";

/** A command that was accepted longer ago than this is not among those that are asked. */
const ACCEPTED_WITHIN_MS = 3_600_000;
/** Of a device; where there are more, nobody can tell whose a reply is. */
const MAX_COMMANDS = 500;
/** Calls that are tied to one another lie within this time of the one that is asked about. */
const MARGIN_MS = 4 * REPLY_WITHIN_MS;

interface LostReplyDeps {
	readonly commands: CommandStore;
	readonly replies: ReplyStore;
}

/**
 * The device's reply to a command of which nobody knows the message: its
 * worker was killed, or its call was not answered. It came in that call's
 * time, is of the same service, and can be of no other command: otherwise none
 * is taken.
 *
 * @param more a reply that is not kept yet.
 */
export async function replyToLost(
	{ commands, replies }: LostReplyDeps,
	command: Command,
	more?: KeptReply,
): Promise<KeptReply | undefined> {
	const [own] = lostCalls(command).slice(-1);
	if (!own) return undefined;
	const [from, until] = [own.from - MARGIN_MS, own.until + MARGIN_MS];
	const kept = await replies.keptOf(deviceKey(command.device), from, until);
	const ofService = [...kept, ...(more ? [more] : [])]
		.filter(({ service }) => service === command.service)
		.map((one) => ({ ...one, at: one.reply.at }));
	if (!ofService.some(({ at }) => own.from <= at && at <= own.until)) return undefined;
	const others = await around(commands, command, ofService, from, until);
	if (!others) return undefined;
	const taken = new Set(others.map(({ messageId }) => messageId));
	const free = ofService.filter(({ messageId }) => !taken.has(messageId));
	const calls = [command, ...others.filter(({ id }) => id !== command.id)]
		.filter(({ service }) => service === command.service)
		.flatMap(lostCalls);
	const start = calls.find((one) => one.command === command.id && one.from === own.from);
	if (!start) return undefined;
	const tied = tiedTo(start, calls, free);
	// What they are tied to further away was not asked for.
	if (tied.calls.some((one) => one.from < from || one.until > until)) return undefined;
	return certainReplies(tied.calls, tied.replies).get(start);
}

/** Commands of the device that may have been called at that time; undefined if they are too many. */
async function around(
	commands: CommandStore,
	command: Command,
	replies: readonly KeptReply[],
	from: number,
	until: number,
): Promise<Command[] | undefined> {
	const keys = new Set([
		deviceKey(command.device),
		...replies.flatMap(({ deviceKeys }) => deviceKeys),
	]);
	const since = Math.min(from, command.createdAt) - ACCEPTED_WITHIN_MS;
	const pages = await Promise.all(
		[...keys].map((key) => commands.ofDevice(key, { since, until, limit: MAX_COMMANDS })),
	);
	const found = pages.filter((page) => page !== undefined);
	return found.length < pages.length ? undefined : found.flat();
}
