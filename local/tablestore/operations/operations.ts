import { batchWriteRow } from "./batch-write-row.ts";
import { addDefinedColumn, deleteDefinedColumn } from "./defined-columns.ts";
import type { Operation } from "./environment.ts";
import { getRange } from "./get-range.ts";
import { createIndex, dropIndex } from "./indexes.ts";
import { batchGetRow, getRow } from "./read-row.ts";
import { listSearchIndex } from "./search-indexes.ts";
import { createTable, deleteTable, describeTable, listTable, updateTable } from "./tables.ts";
import { deleteRow, putRow, updateRow } from "./write-row.ts";

/** The operations by the name that stands in a request's path. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
	["CreateTable", createTable],
	["UpdateTable", updateTable],
	["DescribeTable", describeTable],
	["ListTable", listTable],
	["DeleteTable", deleteTable],
	["AddDefinedColumn", addDefinedColumn],
	["DeleteDefinedColumn", deleteDefinedColumn],
	["CreateIndex", createIndex],
	["DropIndex", dropIndex],
	["ListSearchIndex", listSearchIndex],
	["PutRow", putRow],
	["UpdateRow", updateRow],
	["DeleteRow", deleteRow],
	["GetRow", getRow],
	["GetRange", getRange],
	["BatchGetRow", batchGetRow],
	["BatchWriteRow", batchWriteRow],
]);
