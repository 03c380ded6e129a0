import * as z from "zod";
import { splitPart, type TablestoreService } from "../tablestore/index.ts";
import { type FaultKind, kind, parameters } from "./kind.ts";

/** What only a table store can suffer. */
export function tablestoreFaults(tablestore: Pick<TablestoreService, "takeAway">): FaultKind[] {
	return [
		kind(
			"split partition",
			"rows of `table` whose partition key is a text in [`from`, `to`) are answered 503 OTSPartitionUnavailable until it ends; without them, all of its rows",
			{
				seconds: parameters.seconds,
				table: z.string(),
				from: z.string().optional(),
				to: z.string().optional(),
			},
			({ seconds, table, from, to }) => ({
				detail: `a partition of ${table} is away`,
				seconds,
				end: tablestore.takeAway(splitPart(table, from, to)),
			}),
		),
	];
}
