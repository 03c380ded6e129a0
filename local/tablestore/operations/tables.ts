import { alreadyExists, parameterInvalid } from "../errors.ts";
import type { Index, Table } from "../model/table.ts";
import {
	CreateTableRequest,
	DescribeTableResponse,
	EmptyMessage,
	IndexSyncPhase,
	IndexType,
	IndexUpdateMode,
	ListTableResponse,
	TableNameRequest,
	TableStatus,
	UpdateTableRequest,
	UpdateTableResponse,
} from "../wire/table-messages.ts";
import type { Environment } from "./environment.ts";
import { checkIndexCount, newIndex } from "./index-definition.ts";
import {
	changedOptions,
	checkDefinedColumns,
	checkIndexOptions,
	checkKeySchema,
	checkTableCount,
	checkTableName,
	newOptions,
	reservedThroughput,
} from "./table-definition.ts";

export function createTable({ catalog, clock }: Environment, body: Buffer): Buffer {
	const request = CreateTableRequest.decode(body);
	const { tableName: name, primaryKey: key, definedColumns } = request.tableMeta;
	checkTableName(name);
	checkKeySchema(key, name);
	checkDefinedColumns(definedColumns, key);
	if (request.streamSpecification?.enableStream) throw noStreams();
	const options = newOptions(request.tableOptions);
	// Some SDKs put the indexes into the table's description, others beside it.
	const asked = [...request.tableMeta.indexes, ...request.indexes];
	checkIndexCount(asked.length);
	const id = catalog.freeId();
	const columns = { key, definedColumns };
	const indexes = asked.map((fields, index) => newIndex(id + 1 + index, columns, fields));
	checkIndexOptions(options, indexes);
	const names = [name, ...indexes.map((index) => index.name)];
	if (names.some((each, index) => catalog.has(each) || names.indexOf(each) !== index)) {
		throw alreadyExists();
	}
	checkTableCount(catalog, names.length);
	catalog.save({
		id,
		name,
		key,
		definedColumns,
		options,
		reserved: reservedThroughput(request.reservedThroughput.capacityUnit),
		throughputSetAt: seconds(clock.now()),
		indexes,
	});
	return EmptyMessage.encode({});
}

export function updateTable({ catalog, clock }: Environment, body: Buffer): Buffer {
	const request = UpdateTableRequest.decode(body);
	const table = catalog.table(request.tableName);
	if (request.streamSpecification?.enableStream) throw noStreams();
	if (!request.tableOptions && !request.reservedThroughput && !request.streamSpecification) {
		throw parameterInvalid("No parameter is specified in table options.");
	}
	const options = request.tableOptions
		? changedOptions(table.options, request.tableOptions)
		: table.options;
	checkIndexOptions(options, table.indexes);
	const given = request.reservedThroughput?.capacityUnit;
	const updated: Table = {
		...table,
		options,
		reserved: given ? reservedThroughput(given, table.reserved) : table.reserved,
		throughputSetAt: given ? seconds(clock.now()) : table.throughputSetAt,
	};
	catalog.save(updated);
	return UpdateTableResponse.encode({
		reservedThroughput: throughputOf(updated),
		tableOptions: optionsOf(updated),
		streamDetails: { enableStream: false },
	});
}

export function describeTable({ catalog }: Environment, body: Buffer): Buffer {
	const { tableName } = TableNameRequest.decode(body);
	const index = catalog.index(tableName);
	const table = catalog.tableOfIndex(tableName) ?? catalog.table(tableName);
	const defined = index
		? table.definedColumns.filter(({ name }) => index.definedColumns.includes(name))
		: table.definedColumns;
	return DescribeTableResponse.encode({
		tableMeta: {
			tableName,
			primaryKey: index ? index.key : table.key,
			definedColumns: defined,
			indexes: [],
		},
		reservedThroughput: throughputOf(table),
		tableOptions: optionsOf(table),
		tableStatus: TableStatus.active,
		streamDetails: { enableStream: false },
		indexes: index ? [] : table.indexes.map(indexOf),
	});
}

export function listTable({ catalog }: Environment): Buffer {
	return ListTableResponse.encode({ tableNames: catalog.names() });
}

export function deleteTable({ catalog }: Environment, body: Buffer): Buffer {
	const { tableName } = TableNameRequest.decode(body);
	if (catalog.isIndex(tableName)) throw parameterInvalid("Can't write index table directly.");
	catalog.delete(catalog.table(tableName));
	return EmptyMessage.encode({});
}

function noStreams() {
	return parameterInvalid("Streams are not supported here.");
}

function throughputOf({ reserved, throughputSetAt }: Table) {
	return { capacityUnit: reserved, lastIncreaseTime: BigInt(throughputSetAt) };
}

function optionsOf({ options }: Table) {
	return {
		timeToLive: options.timeToLiveSeconds,
		maxVersions: options.maxVersions,
		deviationSeconds: BigInt(options.maxDeviationSeconds),
		allowUpdate: options.allowUpdate,
		...(options.updateFullRow === undefined ? {} : { updateFullRow: options.updateFullRow }),
	};
}

function indexOf(index: Index) {
	return {
		name: index.name,
		primaryKey: index.key.slice(0, index.askedColumns).map(({ name }) => name),
		definedColumns: index.definedColumns,
		updateMode: index.local ? IndexUpdateMode.sync : IndexUpdateMode.async,
		type: index.local ? IndexType.local : IndexType.global,
		syncPhase: IndexSyncPhase.incremental,
	};
}

function seconds(milliseconds: number): number {
	return Math.floor(milliseconds / 1000);
}
