import type { Clock } from "../../shared/clock.ts";
import type { Command, Reply } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKey, deviceKeys } from "../../shared/command/device.ts";
import { MAY_BE_REPLIED } from "../../shared/command/state.ts";
import { replyToLost } from "../../shared/lifecycle/lost-reply.ts";
import { applyReply, type ReplyDeps } from "../../shared/lifecycle/reply.ts";
import type { TogetherStore } from "../../shared/store/together-store.ts";
import type { Table } from "../../shared/table/table.ts";

export interface TogetherDeps extends ReplyDeps {
	readonly table: Table;
	readonly together: TogetherStore;
	readonly clock: Clock;
}

/** A device's last commands: one that was sent alone at the same time may be whom the reply is for. */
const LAST_COMMANDS = 3;

/**
 * A reply to a message that no command knows may be that of a command which
 * was sent together with others: their message ids are told to nobody. Or that
 * of one whose call was not answered.
 *
 * @returns whether it has found its command.
 */
export async function replyTogether(
	deps: TogetherDeps,
	device: DeviceRef,
	service: string,
	messageId: string,
	reply: Reply,
): Promise<boolean> {
	const { productKey, deviceName } = device;
	if (!productKey || !deviceName) return false;
	const key = deviceKey({ productKey, deviceName });
	const id = await deps.together.awaiting(key, service);
	const stored = id === undefined ? undefined : await deps.commands.getReadable(id);
	if (stored && isLost(stored.document)) {
		const kept = { messageId, service, deviceKeys: deviceKeys(device), reply };
		const found = await replyToLost(deps, stored.document, kept);
		if (found?.messageId !== messageId) return false;
		return (await applyReply(deps, stored, messageId, reply, isLost)) !== undefined;
	}
	if (!stored || !isAwaited(stored.document)) return false;
	if (await othersAwait(deps, key, stored.document)) return false;
	if (!(await applyReply(deps, stored, messageId, reply, isAwaited))) return false;
	await deps.together.free(key, service, stored.document.id);
	return true;
}

/** Sent alone, by a call that was not answered. */
const isLost = ({ together, state, messageId }: Command): boolean =>
	!together && MAY_BE_REPLIED.has(state) && messageId === undefined;

const isAwaited = ({ together, state, messageId }: Command): boolean =>
	together === true && MAY_BE_REPLIED.has(state) && messageId === undefined;

/** Another command of the same service is being sent at this moment: its message id is about to be known. */
async function othersAwait(
	{ table, commands }: TogetherDeps,
	key: string,
	{ id, service }: Command,
): Promise<boolean> {
	const range = { prefix: [key], direction: "backward", limit: LAST_COMMANDS } as const;
	const last = await table.range("commands_by_device", range);
	const others = last.map((row) => row.key.at(-1) ?? "").filter((other) => other !== id);
	const found = await Promise.all(others.map((other) => commands.getReadable(other)));
	return found.some(
		(other) => other?.document.service === service && other.document.state === "sending",
	);
}
