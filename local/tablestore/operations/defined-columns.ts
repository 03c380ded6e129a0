import { parameterInvalid } from "../errors.ts";
import {
	AddDefinedColumnRequest,
	DeleteDefinedColumnRequest,
	EmptyMessage,
} from "../wire/table-messages.ts";
import type { Environment } from "./environment.ts";
import { checkDefinedColumns } from "./table-definition.ts";

export function addDefinedColumn({ catalog }: Environment, body: Buffer): Buffer {
	const { tableName, columns } = AddDefinedColumnRequest.decode(body);
	const table = catalog.table(tableName);
	const definedColumns = [...table.definedColumns, ...columns];
	checkDefinedColumns(definedColumns, table.key);
	catalog.save({ ...table, definedColumns });
	return EmptyMessage.encode({});
}

export function deleteDefinedColumn({ catalog }: Environment, body: Buffer): Buffer {
	const { tableName, columns } = DeleteDefinedColumnRequest.decode(body);
	const table = catalog.table(tableName);
	for (const name of columns) {
		if (!table.definedColumns.some((column) => column.name === name)) {
			throw parameterInvalid(`Column does not exist: '${name}'.`);
		}
		const inIndex = table.indexes.some(
			(index) =>
				index.definedColumns.includes(name) || index.key.some((column) => column.name === name),
		);
		if (inIndex) throw parameterInvalid(`The column is used by an index: '${name}'.`);
	}
	const definedColumns = table.definedColumns.filter(({ name }) => !columns.includes(name));
	catalog.save({ ...table, definedColumns });
	return EmptyMessage.encode({});
}
