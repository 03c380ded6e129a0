import { type OtsError, parameterInvalid } from "../errors.ts";
import { MAX_BATCH_READ_ROWS } from "../limits.ts";
import { units } from "../model/capacity.ts";
import { exactKey, givenKey, matchSchema } from "../model/key-check.ts";
import { alive } from "../model/lifetime.ts";
import { cellsSize, type KeyColumn, rowSize } from "../model/row.ts";
import type { Source } from "../model/table.ts";
import { encodeKey } from "../store/key-encoding.ts";
import { readRow, type WireRow } from "../wire/plainbuffer-reader.ts";
import { writeRow, writeRows } from "../wire/plainbuffer-writer.ts";
import {
	BatchGetRowRequest,
	BatchResponse,
	GetRowRequest,
	GetRowResponse,
} from "../wire/row-messages.ts";
import { checkNames, failed } from "./batch-write-row.ts";
import type { Environment } from "./environment.ts";
import { checkPartition } from "./partition.ts";
import { parseSelection, type Selection, select } from "./selection.ts";
import { refuseTransaction } from "./unsupported.ts";
import { asRowError } from "./write-change.ts";

export function getRow(environment: Environment, body: Buffer): Buffer {
	const request = GetRowRequest.decode(body);
	refuseTransaction(request.transactionId);
	const source = environment.catalog.source(request.tableName);
	environment.rows.add(`read ${request.tableName}`);
	const selection = parseSelection(request);
	const key = lookupKey(parseLookup(request.primaryKey), source);
	const { row, consumed } = lookUp(environment, request.tableName, source, key, selection);
	return GetRowResponse.encode({ consumed, row });
}

export function batchGetRow(environment: Environment, body: Buffer): Buffer {
	const request = BatchGetRowRequest.decode(body);
	checkNames(request.tables.map((table) => table.tableName));
	const rows = request.tables.reduce((count, table) => count + table.primaryKeys.length, 0);
	if (request.tables.length === 0) {
		throw parameterInvalid("No row specified in the request of BatchGetRow.");
	}
	const empty = request.tables.find((table) => table.primaryKeys.length === 0);
	if (empty) throw parameterInvalid(`No operation is specified for table: '${empty.tableName}'.`);
	if (rows > MAX_BATCH_READ_ROWS) {
		throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_BATCH_READ_ROWS}.`);
	}
	const parsed = request.tables.map((table) => ({
		tableName: table.tableName,
		selection: parseSelection(table),
		lookups: table.primaryKeys.map(parseLookup),
	}));
	const tables = parsed.map(({ tableName, selection, lookups }) => ({
		tableName,
		rows: lookups.map((lookup) => {
			try {
				const source = environment.catalog.source(tableName);
				environment.rows.add(`read ${tableName}`);
				const key = lookupKey(lookup, source);
				return { isOk: true, ...lookUp(environment, tableName, source, key, selection) };
			} catch (error) {
				const failure: OtsError = asRowError(error);
				return failed(failure);
			}
		}),
	}));
	return BatchResponse.encode({ tables });
}

/** A row that only names what is looked for. */
export function parseLookup(bytes: Buffer): WireRow {
	const row = readRow(bytes);
	if (row.cells.length > 0) {
		throw parameterInvalid("Attribute column cannot be given while reading data.");
	}
	if (row.deleteMarker) throw parameterInvalid("Delete marker cannot be given.");
	return row;
}

function lookupKey(row: WireRow, source: Source): KeyColumn[] {
	const given = givenKey(row.key);
	matchSchema(given, source.key);
	return exactKey(given);
}

function lookUp(
	environment: Environment,
	tableName: string,
	source: Source,
	key: readonly KeyColumn[],
	selection: Selection,
) {
	const { store, clock } = environment;
	const encoded = encodeKey(key.map(({ value }) => value));
	checkPartition(environment, tableName, encoded);
	const stored = store.get(source.id, encoded);
	const row = alive(stored, source.options, clock.now());
	const selected = row && select(row, selection);
	const read = units(selected ? rowSize(selected) : cellsSize(key));
	return {
		row: selected ? writeRow(selected) : writeRows([]),
		consumed: { capacityUnit: { read, write: 0 } },
	};
}
