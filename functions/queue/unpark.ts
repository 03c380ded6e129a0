import type { Clock } from "../../shared/clock.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { CommandStore } from "../../shared/store/command-store.ts";
import type { ParkStore } from "../../shared/store/park-store.ts";

export interface UnparkDeps {
	readonly commands: CommandStore;
	readonly parked: ParkStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
}

/** The device is online: its waiting commands are sent now, in the order in which they came. */
export async function unpark(deps: UnparkDeps, device: DeviceRef): Promise<void> {
	for (const key of deviceKeys(device)) {
		const ids = await deps.parked.of(key);
		const woken: string[] = [];
		for (const id of ids) {
			if (await makeReady(deps, id)) woken.push(id);
		}
		if (woken.length > 0) await deps.worker.wake(woken, `online ${deps.clock.now()}`);
		// Last: what is cut off before comes again with the next status, or at its own time.
		await Promise.all(ids.map((id) => deps.parked.remove(key, id)));
	}
}

/** @returns whether the command waits for its device, and now no longer has to. */
async function makeReady(deps: UnparkDeps, id: string): Promise<boolean> {
	const now = deps.clock.now();
	for (;;) {
		const stored = await deps.commands.get(id);
		if (stored?.command.state !== "waiting" || !stored.command.parked) return false;
		const { parked: _, ...command } = stored.command;
		if (await deps.commands.replace(stored, { ...command, wakeAt: now, updatedAt: now }))
			return true;
	}
}
