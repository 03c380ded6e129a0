import { SYNC_ID, type Sync, syncSchema } from "../registry/sync.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { timeKey } from "./shard.ts";

/** Apart from the operations of the same table, whose lists read other partitions. */
const PARTITION = "sync";

/** The one sync of the registry. */
export class SyncStore extends DocumentStore<Sync> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, {
			table: "operations",
			schema: syncSchema,
			partition: () => PARTITION,
			columns: ({ wakeAt }) => (wakeAt === undefined ? {} : { due: timeKey(wakeAt) }),
		});
		this.#table = table;
	}

	last(): Promise<Stored<Sync> | undefined> {
		return this.get(SYNC_ID);
	}

	/** Whether somebody should go on with it before `until`. */
	async isDue(until: number): Promise<boolean> {
		const range = { prefix: [PARTITION], before: timeKey(until), limit: 1 } as const;
		const rows = await this.#table.range("operations_due", { ...range, direction: "forward" });
		return rows.length > 0;
	}
}
