import { NEVER_EXPIRES } from "../limits.ts";
import type { StoredRow } from "./row.ts";
import type { TableOptions } from "./table.ts";

/**
 * What is left of a stored row at `nowMs`: cells older than the table's
 * time-to-live are gone, and so is a row that nothing has been written to for
 * that long.
 */
export function alive(
	row: StoredRow | undefined,
	options: TableOptions,
	nowMs: number,
): StoredRow | undefined {
	if (!row || options.timeToLiveSeconds === NEVER_EXPIRES) return row;
	const bornBeforeMs = nowMs - options.timeToLiveSeconds * 1000;
	if (row.stampMs <= bornBeforeMs) return undefined;
	const columns = row.columns.filter((column) => column.timestamp > bornBeforeMs);
	return columns.length === row.columns.length ? row : { ...row, columns };
}
