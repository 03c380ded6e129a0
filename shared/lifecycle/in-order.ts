import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { deviceKey } from "../command/device.ts";
import { isTerminal } from "../command/state.ts";
import type { WorkerInvoker } from "../fc/worker-invoker.ts";
import type { Log } from "../log.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { OrderStore } from "../store/order-store.ts";

/**
 * The command behind the device's earlier one, where it is to keep the order. An
 * earlier one that was never stored is passed over: nobody was told that it is accepted.
 */
export async function inOrder(
	{ orders, commands }: { readonly orders: OrderStore; readonly commands: CommandStore },
	command: Command,
): Promise<Command> {
	if (command.order !== "device" || command.after) return command;
	for (const id of await orders.join(deviceKey(command.device), command.id)) {
		const earlier = await commands.getReadable(id);
		if (!earlier) continue;
		if (isTerminal(earlier.document.state)) return command;
		return { ...command, after: { command: id, otherwise: "queue" } };
	}
	return command;
}

/** Sends commands at once whose predecessor has ended; where that fails, they look for themselves after a while. */
export const wakeFollowers =
	({
		commands,
		worker,
		clock,
		log,
	}: {
		readonly commands: CommandStore;
		readonly worker: WorkerInvoker;
		readonly clock: Clock;
		readonly log: Log;
	}) =>
	async (ids: readonly string[]): Promise<void> => {
		try {
			const woken = await Promise.all(
				ids.map(async (id) => {
					const at = clock.now();
					const changed = await commands.change(id, ({ state, after, parked }) =>
						state === "waiting" && after && !parked ? { event: "wake", at, wakeAt: at } : undefined,
					);
					return changed?.moved ? [changed.stored] : [];
				}),
			);
			if (woken.flat().length > 0) await worker.wake(woken.flat());
		} catch (error) {
			log.warn("commands were not woken by their predecessor's end", {
				commands: ids,
				error: String(error),
			});
		}
	};
