import { type KeyColumn, latest, type StoredRow } from "../model/row.ts";
import type { Index } from "../model/table.ts";
import { isKeyValue, type KeyValue } from "../model/value.ts";
import { encodeKey } from "./key-encoding.ts";
import type { IndexChange } from "./store.ts";

const KINDS: Readonly<Record<1 | 2 | 3, KeyValue["kind"]>> = {
	1: "integer",
	2: "string",
	3: "binary",
};

const MINUTE_MS = 60_000;

/** What has to change in an index when a row turns from `before` into `after`. */
export function indexChanges(
	index: Index,
	before: StoredRow | undefined,
	after: StoredRow | undefined,
): IndexChange[] {
	const oldRow = before && indexRow(index, before);
	const newRow = after && indexRow(index, after);
	const oldKey = oldRow && encodeKey(oldRow.key.map(({ value }) => value));
	const newKey = newRow && encodeKey(newRow.key.map(({ value }) => value));
	const changes: IndexChange[] = [];
	const stays = oldKey && newKey && oldKey.equals(newKey);
	if (stays && index.definedColumns.length === 0 && sameMinute(oldRow, newRow)) return changes;
	if (oldKey && !stays) {
		changes.push({ indexId: index.id, key: oldKey });
	}
	if (newKey) changes.push({ indexId: index.id, key: newKey, row: newRow });
	return changes;
}

/**
 * An entry that is nothing but its key changes in nothing but its age, which
 * decides when it expires: that is counted in days, so minutes are exact enough.
 */
const sameMinute = (before: StoredRow | undefined, after: StoredRow | undefined): boolean =>
	minuteOf(before) === minuteOf(after);

const minuteOf = (row: StoredRow | undefined) => row && Math.floor(row.stampMs / MINUTE_MS);

/**
 * The row of the index for a row of its table: none when an indexed column is
 * missing or of another type, so an index is sparse
 * (alibabacloud.com/help/en/tablestore, "Secondary index", overview).
 */
function indexRow(index: Index, row: StoredRow): StoredRow | undefined {
	const key: KeyColumn[] = [];
	for (const { name, type } of index.key) {
		const value =
			row.key.find((column) => column.name === name)?.value ?? latest(row.columns, name)?.value;
		if (!value || !isKeyValue(value) || value.kind !== KINDS[type]) return undefined;
		key.push({ name, value });
	}
	const columns = row.columns.filter(({ name }) => index.definedColumns.includes(name));
	return { key, columns, stampMs: row.stampMs };
}
