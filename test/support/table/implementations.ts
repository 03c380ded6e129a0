import type { Table } from "../../../shared/table/table.ts";
import { MemoryTable } from "./memory-table.ts";
import { openLocalTable } from "./tablestore.ts";

interface Implementation {
	readonly name: string;
	open(): Promise<{ table: Table; close(): Promise<void> }>;
}

/** All that must pass the table port's contract suite. */
export const IMPLEMENTATIONS: readonly Implementation[] = [
	{
		name: "in memory",
		open: async () => ({ table: new MemoryTable(), close: async () => {} }),
	},
	{ name: "Tablestore adapter, SDK and local Tablestore", open: () => openLocalTable() },
];
