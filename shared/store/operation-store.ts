import { type Operation, operationSchema } from "../operation/operation.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { dueRows } from "./due.ts";
import { timeKey } from "./shard.ts";

/** Operations, and which of them nobody works on. */
export class OperationStore extends DocumentStore<Operation> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, {
			table: "operations",
			schema: operationSchema,
			columns: ({ wakeAt }) => (wakeAt === undefined ? {} : { due: timeKey(wakeAt) }),
		});
		this.#table = table;
	}

	/** Ids of operations that somebody should take before `until`, page by page. */
	async *due(until: number): AsyncGenerator<string[], void, undefined> {
		for await (const rows of dueRows(this.#table, "operations_due", until)) {
			yield rows.map(({ key }) => key.at(-1) ?? "");
		}
	}
}
