import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { Log } from "../../shared/log.ts";
import type { CommandStore } from "../../shared/store/command-store.ts";
import type { ParkStore } from "../../shared/store/park-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { mayPass } from "../../shared/table/table.ts";

export interface UnparkDeps {
	readonly commands: CommandStore;
	readonly parked: ParkStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

/** The device is online: its waiting commands are sent now, in the order in which they came. */
export async function unpark(deps: UnparkDeps, device: DeviceRef): Promise<void> {
	for (const key of deviceKeys(device)) {
		const ids = await deps.parked.of(key);
		if (ids.length === 0) continue;
		const woken = (await Promise.all(ids.map((id) => makeReady(deps, id)))).flatMap(
			(stored) => stored ?? [],
		);
		woken.sort((a, b) => a.document.createdAt - b.document.createdAt);
		if (woken.length > 0) await deps.worker.wake(woken);
		// Last: what is cut off before comes again with the next status, or at its own time.
		await Promise.all(ids.map((id) => deps.parked.remove(key, id)));
	}
}

/** @returns the command if it waited for its device, and now no longer has to. */
async function makeReady(deps: UnparkDeps, id: string): Promise<Stored<Command> | undefined> {
	const now = deps.clock.now();
	try {
		const changed = await deps.commands.change(id, ({ parked }) =>
			parked ? { event: "wake", at: now, wakeAt: now } : undefined,
		);
		return changed?.moved ? changed.stored : undefined;
	} catch (error) {
		if (mayPass(error)) throw error;
		deps.log.error("a parked command was not woken", { command: id, error: String(error) });
		return undefined;
	}
}
