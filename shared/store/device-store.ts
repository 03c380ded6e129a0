import { type Device, deviceId, deviceSchema, newDevice } from "../registry/device.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DamagedRow, DocumentStore, orDamaged } from "./document-store.ts";

/** The devices that are known here. */
export class DeviceStore extends DocumentStore<Device> {
	constructor(table: Table) {
		super(table, { table: "devices", schema: deviceSchema });
	}

	find(productKey: string, deviceName: string): Promise<Stored<Device> | undefined> {
		return this.get(deviceId(productKey, deviceName));
	}

	/** Changes a device, which is new where it was not known, or cannot be read, from the row as it is then. */
	async note(
		productKey: string,
		deviceName: string,
		now: number,
		next: (device: Device) => Device,
	): Promise<void> {
		for (;;) {
			const found = await orDamaged(this.find(productKey, deviceName));
			if (found instanceof DamagedRow) await this.discard(found);
			const stored = found instanceof DamagedRow ? undefined : found;
			const before = stored?.document ?? newDevice(productKey, deviceName, now);
			const after = next(before);
			if (stored && after === before) return;
			if (stored ? await this.replace(stored, after) : await this.create(after)) return;
		}
	}

	async forget(productKey: string, deviceName: string): Promise<void> {
		for (;;) {
			const found = await orDamaged(this.find(productKey, deviceName));
			if (found instanceof DamagedRow) await this.discard(found);
			else if (!found || (await this.remove(found))) return;
		}
	}
}
