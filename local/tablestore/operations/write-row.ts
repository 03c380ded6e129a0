import type { ChangeKind } from "../model/change.ts";
import { WriteRowRequest, WriteRowResponse } from "../wire/row-messages.ts";
import type { Environment, Operation } from "./environment.ts";
import { refuseTransaction } from "./unsupported.ts";
import { parseWrite, performWrite, writableTable } from "./write-change.ts";

/** PutRow, UpdateRow and DeleteRow. */
function writeRowOperation(kind: ChangeKind): Operation {
	return (environment: Environment, body: Buffer) => {
		const request = WriteRowRequest.decode(body);
		refuseTransaction(request.transactionId);
		const table = writableTable(environment, request.tableName);
		const write = parseWrite(kind, request.row, request.condition, request.returnContent);
		const { consumed, row } = environment.indexQueue.transaction(() =>
			performWrite(environment, table, write),
		);
		return WriteRowResponse.encode({ consumed: { capacityUnit: consumed }, row });
	};
}

export const putRow = writeRowOperation("put");
export const updateRow = writeRowOperation("update");
export const deleteRow = writeRowOperation("delete");
