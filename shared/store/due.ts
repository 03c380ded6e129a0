import type { IndexName, Key, Row, Table } from "../table/table.ts";
import { allShards, timeKey } from "./shard.ts";

/**
 * Walks an index of wake-ups, page by page: rows that are due before `until`,
 * the oldest first within each shard. The index may lag behind its table, so
 * each row is to be read again before anything is concluded from it.
 */
export async function* dueRows(
	table: Table,
	index: IndexName,
	until: number,
	pageSize = 100,
): AsyncGenerator<Row[], void, undefined> {
	const cursors = new Map<string, Key | undefined>(allShards().map((shard) => [shard, undefined]));
	while (cursors.size > 0) {
		const pages = await Promise.all(
			[...cursors].map(async ([shard, after]) => {
				const rows = await table.range(index, {
					prefix: [shard],
					before: timeKey(until),
					...(after ? { after } : {}),
					direction: "forward",
					limit: pageSize,
				});
				if (rows.length < pageSize) cursors.delete(shard);
				else cursors.set(shard, rows.at(-1)?.key);
				return rows;
			}),
		);
		const rows = pages.flat();
		if (rows.length > 0) yield rows;
	}
}
