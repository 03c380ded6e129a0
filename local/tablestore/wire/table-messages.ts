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

/**
 * Messages about tables. Names and numbers of the fields are those of
 * `table_store.proto`, which every official SDK carries.
 */

/** Numbers of `PrimaryKeyOption`; those of `PrimaryKeyType` are 1 INTEGER, 2 STRING, 3 BINARY. */
export const AUTO_INCREMENT = 1;

export const DefinedColumnType = {
	integer: 1,
	double: 2,
	boolean: 3,
	string: 4,
	binary: 7,
} as const;

export const TableStatus = { active: 1 } as const;

export const IndexUpdateMode = { async: 0, sync: 1 } as const;
export const IndexType = { global: 0, local: 1 } as const;
export const IndexSyncPhase = { invalid: 0, full: 1, incremental: 2 } as const;

const PrimaryKeySchemaMessage = message({
	name: required(1, text),
	type: required(2, oneOf(1, 2, 3)),
	option: optional(3, oneOf(AUTO_INCREMENT)),
});

const DefinedColumnMessage = message({
	name: required(1, text),
	type: required(2, oneOf(1, 2, 3, 4, 7)),
});

export const TableOptionsMessage = message({
	timeToLive: optional(1, int32),
	maxVersions: optional(2, int32),
	bloomFilterType: optional(3, int32),
	blockSize: optional(4, int32),
	deviationSeconds: optional(5, int64),
	allowUpdate: optional(6, bool),
	updateFullRow: optional(7, bool),
});

export const IndexMetaMessage = message({
	name: required(1, text),
	primaryKey: repeated(2, text),
	definedColumns: repeated(3, text),
	updateMode: required(4, oneOf(0, 1)),
	type: required(5, oneOf(0, 1)),
	syncPhase: optional(6, oneOf(0, 1, 2)),
});

const TableMetaMessage = message({
	tableName: required(1, text),
	primaryKey: repeated(2, nested(PrimaryKeySchemaMessage)),
	definedColumns: repeated(3, nested(DefinedColumnMessage)),
	indexes: repeated(4, nested(IndexMetaMessage)),
});

export const CapacityUnitMessage = message({
	read: optional(1, int32),
	write: optional(2, int32),
});

const ReservedThroughputMessage = message({
	capacityUnit: required(1, nested(CapacityUnitMessage)),
});

const ReservedThroughputDetailsMessage = message({
	capacityUnit: required(1, nested(CapacityUnitMessage)),
	lastIncreaseTime: required(2, int64),
	lastDecreaseTime: optional(3, int64),
});

const StreamSpecificationMessage = message({
	enableStream: required(1, bool),
	expirationHours: optional(2, int32),
});

const StreamDetailsMessage = message({ enableStream: required(1, bool) });

export const CreateTableRequest = message({
	tableMeta: required(1, nested(TableMetaMessage)),
	reservedThroughput: required(2, nested(ReservedThroughputMessage)),
	tableOptions: optional(3, nested(TableOptionsMessage)),
	streamSpecification: optional(5, nested(StreamSpecificationMessage)),
	indexes: repeated(7, nested(IndexMetaMessage)),
});

export const UpdateTableRequest = message({
	tableName: required(1, text),
	reservedThroughput: optional(2, nested(ReservedThroughputMessage)),
	tableOptions: optional(3, nested(TableOptionsMessage)),
	streamSpecification: optional(4, nested(StreamSpecificationMessage)),
});

export const UpdateTableResponse = message({
	reservedThroughput: required(1, nested(ReservedThroughputDetailsMessage)),
	tableOptions: required(2, nested(TableOptionsMessage)),
	streamDetails: optional(3, nested(StreamDetailsMessage)),
});

export const TableNameRequest = message({ tableName: required(1, text) });

export const DescribeTableResponse = message({
	tableMeta: required(1, nested(TableMetaMessage)),
	reservedThroughput: required(2, nested(ReservedThroughputDetailsMessage)),
	tableOptions: required(3, nested(TableOptionsMessage)),
	tableStatus: required(4, int32),
	streamDetails: optional(5, nested(StreamDetailsMessage)),
	shardSplits: repeated(6, bytes),
	indexes: repeated(8, nested(IndexMetaMessage)),
});

export const ListTableResponse = message({ tableNames: repeated(1, text) });

export const CreateIndexRequest = message({
	mainTableName: required(1, text),
	index: required(2, nested(IndexMetaMessage)),
	includeBaseData: optional(3, bool),
});

export const DropIndexRequest = message({
	mainTableName: required(1, text),
	indexName: required(2, text),
});

export const AddDefinedColumnRequest = message({
	tableName: required(1, text),
	columns: repeated(2, nested(DefinedColumnMessage)),
});

export const DeleteDefinedColumnRequest = message({
	tableName: required(1, text),
	columns: repeated(2, text),
});

export const EmptyMessage = message({});
