import { OtsError } from "../errors.ts";
import type { KeyRange } from "../store/range-scan.ts";
import type { Environment } from "./environment.ts";

const unavailable = () =>
	new OtsError(503, "OTSPartitionUnavailable", "The partition is not available.");

/** @throws OtsError if this row is in a partition that is being split or moved. */
export function checkPartition({ gone }: Environment, table: string, key: Buffer): void {
	for (const partition of gone) {
		if (partition.table !== table) continue;
		if (partition.start.compare(key) <= 0 && partition.end.compare(key) > 0) throw unavailable();
	}
}

/** The same for a range of rows: [start, end), or (end, start] when it is read backward. */
export function checkPartitions(
	{ gone }: Environment,
	table: string,
	{ backward, start, end }: KeyRange,
): void {
	const [low, high] = backward ? [end, start] : [start, end];
	for (const partition of gone) {
		if (partition.table !== table || partition.end.compare(low) <= 0) continue;
		const order = partition.start.compare(high);
		if (order < 0 || (backward && order === 0)) throw unavailable();
	}
}
