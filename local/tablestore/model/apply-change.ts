import { parameterInvalid } from "../errors.ts";
import { NEVER_EXPIRES } from "../limits.ts";
import type { CellChange, RowChange } from "./change.ts";
import { type Column, type KeyColumn, latest, normalize, type StoredRow } from "./row.ts";
import type { TableOptions } from "./table.ts";

/**
 * The row after a change; undefined when there is none.
 * @param before what a read would find now: nothing of it has expired.
 * @throws OtsError (OTSParameterInvalid) for a timestamp out of the table's range,
 *   or an increment of something else than an integer.
 */
export function applyChange(
	change: RowChange,
	key: readonly KeyColumn[],
	before: StoredRow | undefined,
	options: TableOptions,
	nowMs: number,
): StoredRow | undefined {
	if (change.kind === "delete") return undefined;
	const stamped = change.cells.map((cell) => withTime(cell, options, nowMs));
	// Deleting columns of a row that does not exist does not make it exist
	// (alibabacloud.com/help/en/tablestore/developer-reference/updaterow).
	if (change.kind === "update" && !before && change.cells.every(isDeletion)) return undefined;
	let columns: readonly Column[] = change.kind === "update" ? (before?.columns ?? []) : [];
	for (const cell of stamped) columns = applyCell(cell, columns);
	const kept = normalize(columns, options.maxVersions);
	const newest = kept.reduce((newestMs, column) => Math.max(newestMs, column.timestamp), nowMs);
	return { key, columns: kept, stampMs: newest };
}

function isDeletion(cell: CellChange): boolean {
	return cell.kind === "deleteAll" || cell.kind === "deleteOne";
}

type TimedChange =
	| Extract<CellChange, { kind: "deleteOne" | "deleteAll" }>
	| (Extract<CellChange, { kind: "put" | "increment" }> & { readonly timestamp: number });

function withTime(cell: CellChange, options: TableOptions, nowMs: number): TimedChange {
	if (cell.kind === "deleteOne" || cell.kind === "deleteAll") return cell;
	if (cell.timestamp === undefined) return { ...cell, timestamp: nowMs };
	const deviationMs = options.maxDeviationSeconds * 1000;
	const oldestMs =
		options.timeToLiveSeconds === NEVER_EXPIRES
			? nowMs - deviationMs
			: nowMs - Math.min(deviationMs, options.timeToLiveSeconds * 1000);
	if (cell.timestamp < oldestMs || cell.timestamp >= nowMs + deviationMs) {
		throw parameterInvalid(`Invalid timestamp. Cell: '${cell.name}'.`);
	}
	return { ...cell, timestamp: cell.timestamp };
}

/** New versions go in front: `normalize` keeps the first of equal ones. */
function applyCell(cell: TimedChange, columns: readonly Column[]): readonly Column[] {
	const { name } = cell;
	switch (cell.kind) {
		case "put":
			return [{ name, timestamp: cell.timestamp, value: cell.value }, ...columns];
		case "deleteAll":
			return columns.filter((column) => column.name !== name);
		case "deleteOne":
			return columns.filter(
				(column) => column.name !== name || column.timestamp !== cell.timestamp,
			);
		case "increment": {
			const current = latest(columns, name)?.value ?? { kind: "integer", value: 0n };
			if (current.kind !== "integer") {
				throw parameterInvalid(`The column to increment is not an INTEGER: '${name}'.`);
			}
			const value = BigInt.asIntN(64, current.value + cell.by);
			return [{ name, timestamp: cell.timestamp, value: { kind: "integer", value } }, ...columns];
		}
	}
}
