import type { Table } from "../table/table.ts";

/** So many may be accepted at the same time, or lost by those who accepted them, and order is kept. */
const KEPT = 10;

/** Per device the last commands that are to keep their order, the newest first. */
export class OrderStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/** Puts a command behind all others, unless it has its place. @returns those before it, the nearest first. */
	async join(deviceKey: string, commandId: string): Promise<readonly string[]> {
		const key = [`order ${deviceKey}`, "last"];
		for (;;) {
			const row = await this.#table.get("parked", key);
			const text = row?.columns["ids"];
			const ids = typeof text === "string" ? text.split(" ") : [];
			if (ids.includes(commandId)) return ids.slice(ids.indexOf(commandId) + 1);
			const columns = { ids: [commandId, ...ids].slice(0, KEPT).join(" ") };
			const condition =
				typeof text === "string"
					? ({ row: "present", column: "ids", equals: text } as const)
					: ({ row: "absent" } as const);
			if (await this.#table.put("parked", { key, columns }, condition)) return ids;
		}
	}
}
