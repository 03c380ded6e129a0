import { CLOCK_SKEW_MS } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { KeptReply, ReplyStore } from "../store/reply-store.ts";

/** So many of the device's newest commands are asked whether a reply is theirs. */
const MAX_COMMANDS = 50;

/**
 * The device's reply to a command whose worker ended before it knew the
 * message: one that came within the lease, of the same service, and that is no
 * other command's. Where several commands were lost so and not all have a
 * reply, nobody can say whose the replies are, and none is taken.
 */
export async function replyToLost(
	{ commands, replies }: { readonly commands: CommandStore; readonly replies: ReplyStore },
	command: Command,
): Promise<KeptReply | undefined> {
	const { lease, updatedAt } = command;
	if (!lease) return undefined;
	const key = deviceKey(command.device);
	const kept = await replies.keptOf(key, updatedAt - CLOCK_SKEW_MS, lease.until + CLOCK_SKEW_MS);
	const ofService = kept.filter(({ service }) => service === command.service);
	if (ofService.length === 0) return undefined;
	const keys = new Set(ofService.flatMap(({ deviceKeys }) => deviceKeys));
	const pages = await Promise.all([...keys].map((one) => commands.ofDevice(one, MAX_COMMANDS)));
	const others = pages.flat();
	const taken = new Set(others.map(({ messageId }) => messageId));
	const free = ofService.filter(({ messageId }) => !taken.has(messageId));
	const lost = others.filter((other) => isLost(other, command)).sort(byClaim);
	if (free.length !== lost.length) return undefined;
	return free[lost.findIndex(({ id }) => id === command.id)];
}

/** Whether a reply of the same time and service could as well be this command's. */
function isLost(other: Command, { id, service, lease, updatedAt }: Command): boolean {
	if (other.id === id) return true;
	if (other.service !== service || other.messageId !== undefined) return false;
	if (other.state === "sending") return other.updatedAt <= (lease?.until ?? updatedAt);
	// Called unknown after this one was claimed: until then its reply could still come.
	return other.error?.code === WORKER_LOST && other.updatedAt >= updatedAt;
}

/** The error of a command whose worker ended while it was sending. */
export const WORKER_LOST = "WorkerLost";
const byClaim = (a: Command, b: Command): number =>
	(a.lease?.until ?? a.updatedAt) - (b.lease?.until ?? b.updatedAt) || (a.id < b.id ? -1 : 1);
