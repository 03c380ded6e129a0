import { conditionFailed, OtsError, parameterInvalid } from "../errors.ts";
import { applyChange } from "../model/apply-change.ts";
import { type CapacityUnits, units } from "../model/capacity.ts";
import { type ChangeKind, type RowChange, rowChange } from "../model/change.ts";
import { type Filter, matches } from "../model/filter.ts";
import { checkKeyLength, exactKey, matchSchema } from "../model/key-check.ts";
import { alive } from "../model/lifetime.ts";
import { cellsSize, type KeyColumn, latest, rowSize, type StoredRow } from "../model/row.ts";
import { autoIncrementColumn, type Table } from "../model/table.ts";
import { indexChanges } from "../store/index-rows.ts";
import { encodeKey } from "../store/key-encoding.ts";
import { readCondition } from "../wire/filter-reader.ts";
import type { Fields } from "../wire/message.ts";
import { readRow } from "../wire/plainbuffer-reader.ts";
import { writeKey, writeRow } from "../wire/plainbuffer-writer.ts";
import {
	type ConditionMessage,
	type ReturnContentMessage,
	ReturnType,
	RowExistence,
} from "../wire/row-messages.ts";
import type { Environment } from "./environment.ts";
import { checkPartition } from "./partition.ts";

/** A write of one row with its conditions, ready to be carried out. */
export interface Write {
	readonly change: RowChange;
	readonly existence: 0 | 1 | 2;
	readonly condition: Filter | undefined;
	readonly returnType: 0 | 1 | 2;
	readonly returnColumns: readonly string[];
}

export interface WriteResult {
	readonly consumed: CapacityUnits;
	/** PlainBuffer, when the request asked for it. */
	readonly row: Buffer | undefined;
}

/** @throws OtsError (OTSParameterInvalid) */
export function parseWrite(
	kind: ChangeKind,
	row: Buffer,
	condition: Fields<typeof ConditionMessage>,
	returnContent: Fields<typeof ReturnContentMessage> | undefined,
): Write {
	const change = rowChange(kind, readRow(row));
	const filter = condition.columnCondition;
	const write: Write = {
		change,
		existence: condition.rowExistence,
		condition: filter && filter.length > 0 ? readCondition(filter) : undefined,
		returnType: returnContent?.returnType ?? ReturnType.none,
		returnColumns: returnContent?.columnNames ?? [],
	};
	if (makesKey(change)) checkGeneratedKey(write);
	return write;
}

function makesKey(change: RowChange): boolean {
	return change.key.some(({ value }) => value.kind === "autoIncrement");
}

function checkGeneratedKey({ change, existence, condition }: Write): void {
	if (change.kind === "delete") {
		throw parameterInvalid("Invalid row to delete which with pk auto increment.");
	}
	if (existence !== RowExistence.ignore) {
		throw parameterInvalid(
			`Invalid expect: ${existence === RowExistence.exist ? "EXPECT_EXIST" : "EXPECT_NOT_EXIST"} when modify row with pk auto increment.`,
		);
	}
	if (condition) {
		throw parameterInvalid("Can't set condition when modify row with pk auto increment.");
	}
}

/**
 * The table to write to under this name.
 * @throws OtsError (OTSObjectNotExist, OTSParameterInvalid)
 */
export function writableTable({ catalog }: Environment, name: string): Table {
	if (catalog.isIndex(name)) throw parameterInvalid("Can't write index table directly.");
	return catalog.table(name);
}

/**
 * Carries out a write within a transaction of the caller.
 * @throws OtsError for a failure of this row alone, before anything was written.
 */
export function performWrite(environment: Environment, table: Table, write: Write): WriteResult {
	const { store, clock } = environment;
	const { change } = write;
	environment.rows.add(`${change.kind} ${table.name}`);
	if (change.kind === "update" && !table.options.allowUpdate) {
		throw parameterInvalid(
			"UpdateRow is not allowed on a table whose option AllowUpdate is false.",
		);
	}
	matchSchema(change.key, table.key);
	const nowMs = clock.now();
	const key = exactKey(change.key.map((column) => generated(environment, table, column, nowMs)));
	const encoded = encodeKey(key.map(({ value }) => value));
	checkPartition(environment, table.name, encoded);
	// A blind whole-row write needs no look at what was there, unless an index follows it.
	const blind = !needsRead(write) && change.kind !== "update" && table.indexes.length === 0;
	const stored = blind ? undefined : store.get(table.id, encoded);
	const before = alive(stored, table.options, nowMs);
	checkConditions(write, before);
	const after = applyChange(change, key, before, table.options, nowMs);
	if (after) checkIndexedValues(table, after);
	if (after) store.put(table.id, encoded, after, after.stampMs);
	else if (blind || stored) store.remove(table.id, encoded);
	followIndexes(environment, table, stored, after);
	return {
		consumed: { read: readUnits(write, key, before), write: units(change.size) },
		row: returned(write, key, after),
	};
}

function generated(
	{ store }: Environment,
	table: Table,
	column: RowChange["key"][number],
	nowMs: number,
): RowChange["key"][number] {
	if (column.value.kind !== "autoIncrement") return column;
	if (table.key[autoIncrementColumn(table)]?.name !== column.name) {
		throw parameterInvalid(`Unknown or unsupported CellType in primary key: '${column.name}'.`);
	}
	// Microseconds, so the values look like the real service's: rising, with gaps.
	const value = BigInt(store.nextAutoKey(table.id, nowMs * 1000));
	return { name: column.name, value: { kind: "integer", value } };
}

function needsRead({ existence, condition }: Write): boolean {
	return existence !== RowExistence.ignore || condition !== undefined;
}

function checkConditions({ existence, condition }: Write, before: StoredRow | undefined): void {
	if (existence === RowExistence.exist && !before) throw conditionFailed();
	if (existence === RowExistence.notExist && before) throw conditionFailed();
	if (condition && !matches(condition, before?.columns ?? [])) throw conditionFailed();
}

/** What becomes part of an index's key is as short as that of a table must be. */
function checkIndexedValues({ indexes }: Table, { columns }: StoredRow): void {
	for (const index of indexes) {
		for (const { name } of index.key) {
			const value = latest(columns, name)?.value;
			if (value) checkKeyLength(name, value);
		}
	}
}

function followIndexes(
	{ store, indexQueue }: Environment,
	table: Table,
	before: StoredRow | undefined,
	after: StoredRow | undefined,
): void {
	for (const index of table.indexes) {
		for (const change of indexChanges(index, before, after)) {
			if (!index.local) indexQueue.add(change);
			else if (change.row) store.put(index.id, change.key, change.row, change.row.stampMs);
			else store.remove(index.id, change.key);
		}
	}
}

/** Reading for an existence check costs the key, for a column condition or an increment the row. */
function readUnits(write: Write, key: readonly KeyColumn[], before: StoredRow | undefined): number {
	const increments = write.change.cells.some((cell) => cell.kind === "increment");
	if (write.condition || increments) return units(before ? rowSize(before) : cellsSize(key));
	return write.existence === RowExistence.ignore ? 0 : units(cellsSize(key));
}

function returned(
	{ returnType, returnColumns, change }: Write,
	key: readonly KeyColumn[],
	after: StoredRow | undefined,
): Buffer | undefined {
	if (returnType === ReturnType.none) return undefined;
	if (returnType === ReturnType.primaryKey) return writeKey(key);
	const names = returnColumns.length > 0 ? returnColumns : change.cells.map((cell) => cell.name);
	const columns = (after?.columns ?? []).filter(({ name }) => names.includes(name));
	return writeRow({ key, columns });
}

/** For a batch: the failure of one row as a value. Anything else is the service's own failure. */
export function asRowError(error: unknown): OtsError {
	if (error instanceof OtsError) return error;
	throw error;
}
