import { parameterInvalid } from "../errors.ts";
import { MAX_RANGE_BYTES, MAX_RANGE_ROWS } from "../limits.ts";
import { units } from "../model/capacity.ts";
import { givenKey, matchSchema } from "../model/key-check.ts";
import { alive } from "../model/lifetime.ts";
import { type KeyColumn, type Row, rowSize, type StoredRow } from "../model/row.ts";
import type { Source } from "../model/table.ts";
import { encodeKey } from "../store/key-encoding.ts";
import { type KeyRange, scanRange } from "../store/range-scan.ts";
import { writeKey, writeRows } from "../wire/plainbuffer-writer.ts";
import { Direction, GetRangeRequest, GetRangeResponse } from "../wire/row-messages.ts";
import type { Environment } from "./environment.ts";
import { checkPartitions } from "./partition.ts";
import { parseLookup } from "./read-row.ts";
import { parseSelection, type Selection, select } from "./selection.ts";
import { refuseTransaction } from "./unsupported.ts";

export function getRange(environment: Environment, body: Buffer): Buffer {
	const request = GetRangeRequest.decode(body);
	refuseTransaction(request.transactionId);
	const source = environment.catalog.source(request.tableName);
	const selection = parseSelection(request);
	if (request.limit !== undefined && request.limit <= 0) {
		throw parameterInvalid("The limit must be greater than 0.");
	}
	const limit = Math.min(request.limit ?? MAX_RANGE_ROWS, MAX_RANGE_ROWS);
	const range: KeyRange = {
		backward: request.direction === Direction.backward,
		start: boundary(request.startPrimaryKey, source),
		end: boundary(request.endPrimaryKey, source),
	};
	checkOrder(range);
	checkPartitions(environment, request.tableName, range);
	const page = readPage(environment, source, range, limit, selection);
	// A range in which nothing is found has cost a look all the same.
	environment.rows.add(`range ${request.tableName}`, Math.max(1, page.rows.length));
	return GetRangeResponse.encode({
		consumed: { capacityUnit: { read: units(page.bytesRead), write: 0 } },
		rows: writeRows(page.rows),
		nextStartPrimaryKey: page.next && writeKey(page.next),
	});
}

function boundary(bytes: Buffer, source: Source): Buffer {
	const key = givenKey(parseLookup(bytes).key);
	matchSchema(key, source.key);
	if (key.some(({ value }) => value.kind === "autoIncrement")) {
		throw parameterInvalid("PKAutoIncr can't be used for read operations.");
	}
	return encodeKey(key.map(({ value }) => value));
}

function checkOrder({ backward, start, end }: KeyRange): void {
	const order = Buffer.compare(start, end);
	if (!backward && order >= 0) {
		throw parameterInvalid("Begin key must less than end key in FORWARD");
	}
	if (backward && order <= 0) {
		throw parameterInvalid("Begin key must more than end key in BACKWARD");
	}
}

interface Page {
	readonly rows: readonly Row[];
	/** The key of the first row of the range that was not read. */
	readonly next: readonly KeyColumn[] | undefined;
	/** Of all rows that were read, also those that a filter left out. */
	readonly bytesRead: number;
}

/**
 * Reads until `limit` rows are found, or 5000 rows or 4 MB have been read, matching
 * or not: so a page may be empty and still have a next one
 * (alibabacloud.com/help/en/tablestore/developer-reference/getrange).
 */
function readPage(
	environment: Environment,
	source: Source,
	range: KeyRange,
	limit: number,
	selection: Selection,
): Page {
	const nowMs = environment.clock.now();
	const rows: Row[] = [];
	let rowsRead = 0;
	let bytesRead = 0;
	const wanted = selection.filter || selection.columns ? MAX_RANGE_ROWS : limit + 1;
	for (const { row: stored } of scanRange(environment.store, source.id, range, wanted)) {
		const row: StoredRow | undefined = alive(stored, source.options, nowMs);
		if (!row) continue;
		if (rows.length >= limit || rowsRead >= MAX_RANGE_ROWS || bytesRead >= MAX_RANGE_BYTES) {
			return { rows, next: row.key, bytesRead };
		}
		rowsRead++;
		bytesRead += rowSize(row);
		const selected = select(row, selection);
		if (selected) rows.push(selected);
	}
	return { rows, next: undefined, bytesRead };
}
