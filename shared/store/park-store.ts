import type { Table } from "../table/table.ts";

const PAGE = 500;

/** Which commands wait for their device, found by the device. */
export class ParkStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/** Written before the command's row says that it waits. */
	async add(deviceKey: string, commandId: string): Promise<void> {
		await this.#table.put("parked", { key: [deviceKey, commandId], columns: {} }, { row: "any" });
	}

	async remove(deviceKey: string, commandId: string): Promise<void> {
		await this.#table.remove("parked", [deviceKey, commandId], { row: "any" });
	}

	/** Ids of up to 500 commands. */
	async of(deviceKey: string): Promise<string[]> {
		const rows = await this.#table.range("parked", {
			prefix: [deviceKey],
			direction: "forward",
			limit: PAGE,
		});
		return rows.map(({ key }) => key[1] ?? "");
	}
}
