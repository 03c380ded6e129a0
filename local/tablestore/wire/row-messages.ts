import {
	bool,
	bytes,
	int32,
	int64,
	message,
	nested,
	oneOf,
	optional,
	repeated,
	required,
	text,
} from "./message.ts";
import { CapacityUnitMessage } from "./table-messages.ts";

/** Messages about rows, and errors. Rows inside are PlainBuffer (see plainbuffer-reader.ts). */

export const RowExistence = { ignore: 0, exist: 1, notExist: 2 } as const;
export const ReturnType = { none: 0, primaryKey: 1, afterModify: 2 } as const;
export const Direction = { forward: 0, backward: 1 } as const;
export const RowOperation = { put: 1, update: 2, delete: 3 } as const;

export const ErrorMessage = message({
	code: required(1, text),
	message: optional(2, text),
});

export const ConditionMessage = message({
	rowExistence: required(1, oneOf(0, 1, 2)),
	columnCondition: optional(2, bytes),
});

export const ReturnContentMessage = message({
	returnType: optional(1, oneOf(0, 1, 2)),
	columnNames: repeated(2, text),
});

const ConsumedCapacityMessage = message({
	capacityUnit: required(1, nested(CapacityUnitMessage)),
});

export const TimeRangeMessage = message({
	startTime: optional(1, int64),
	endTime: optional(2, int64),
	specificTime: optional(3, int64),
});

/** PutRow, UpdateRow and DeleteRow have the same fields under the same numbers. */
export const WriteRowRequest = message({
	tableName: required(1, text),
	row: required(2, bytes),
	condition: required(3, nested(ConditionMessage)),
	returnContent: optional(4, nested(ReturnContentMessage)),
	transactionId: optional(5, text),
});

export const WriteRowResponse = message({
	consumed: required(1, nested(ConsumedCapacityMessage)),
	row: optional(2, bytes),
});

export const GetRowRequest = message({
	tableName: required(1, text),
	primaryKey: required(2, bytes),
	columnsToGet: repeated(3, text),
	timeRange: optional(4, nested(TimeRangeMessage)),
	maxVersions: optional(5, int32),
	filter: optional(7, bytes),
	startColumn: optional(8, text),
	endColumn: optional(9, text),
	token: optional(10, bytes),
	transactionId: optional(11, text),
});

export const GetRowResponse = message({
	consumed: required(1, nested(ConsumedCapacityMessage)),
	row: required(2, bytes),
	nextToken: optional(3, bytes),
});

export const GetRangeRequest = message({
	tableName: required(1, text),
	direction: required(2, oneOf(0, 1)),
	columnsToGet: repeated(3, text),
	timeRange: optional(4, nested(TimeRangeMessage)),
	maxVersions: optional(5, int32),
	limit: optional(6, int32),
	startPrimaryKey: required(7, bytes),
	endPrimaryKey: required(8, bytes),
	filter: optional(10, bytes),
	startColumn: optional(11, text),
	endColumn: optional(12, text),
	token: optional(13, bytes),
	transactionId: optional(14, text),
});

export const GetRangeResponse = message({
	consumed: required(1, nested(ConsumedCapacityMessage)),
	rows: required(2, bytes),
	nextStartPrimaryKey: optional(3, bytes),
	nextToken: optional(4, bytes),
});

const TableInBatchGetRow = message({
	tableName: required(1, text),
	primaryKeys: repeated(2, bytes),
	columnsToGet: repeated(4, text),
	timeRange: optional(5, nested(TimeRangeMessage)),
	maxVersions: optional(6, int32),
	filter: optional(8, bytes),
	startColumn: optional(9, text),
	endColumn: optional(10, text),
});

export const BatchGetRowRequest = message({ tables: repeated(1, nested(TableInBatchGetRow)) });

export const RowInBatch = message({
	isOk: required(1, bool),
	error: optional(2, nested(ErrorMessage)),
	consumed: optional(3, nested(ConsumedCapacityMessage)),
	row: optional(4, bytes),
});

const TableInBatchResponse = message({
	tableName: required(1, text),
	rows: repeated(2, nested(RowInBatch)),
});

/** BatchGetRow and BatchWriteRow answer in the same form. */
export const BatchResponse = message({ tables: repeated(1, nested(TableInBatchResponse)) });

const RowInBatchWriteRow = message({
	operation: required(1, int32),
	row: required(2, bytes),
	condition: required(3, nested(ConditionMessage)),
	returnContent: optional(4, nested(ReturnContentMessage)),
});

export const TableInBatchWriteRow = message({
	tableName: required(1, text),
	rows: repeated(2, nested(RowInBatchWriteRow)),
});

export const BatchWriteRowRequest = message({
	tables: repeated(1, nested(TableInBatchWriteRow)),
	transactionId: optional(2, text),
	isAtomic: optional(3, bool),
});
