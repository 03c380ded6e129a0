import type { Table } from "../table/table.ts";
import { spread } from "./shard.ts";

const PAGE = 500;

/** Commands that wait for their device, found by the device. Rows of the `due` table, beside the wake-ups. */
export class ParkStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/** Written before the command row says that it waits. */
	async add(deviceKey: string, commandId: string): Promise<void> {
		const key = [partition(deviceKey), "", commandId];
		await this.#table.put("due", { key, columns: {} }, { row: "any" });
	}

	async remove(deviceKey: string, commandId: string): Promise<void> {
		await this.#table.remove("due", [partition(deviceKey), "", commandId], { row: "any" });
	}

	/** Ids of up to 500 commands, the oldest first. */
	async of(deviceKey: string): Promise<string[]> {
		const rows = await this.#table.range("due", {
			prefix: [partition(deviceKey)],
			direction: "forward",
			limit: PAGE,
		});
		return rows.map(({ key }) => key[2] ?? "");
	}
}

const partition = (deviceKey: string): string => spread(`parked#${deviceKey}`);
