import { OtsError, parameterInvalid } from "../errors.ts";
import {
	MAX_INDEX_ATTRIBUTE_COLUMNS,
	MAX_INDEX_COLUMNS,
	MAX_INDEXES_PER_TABLE,
} from "../limits.ts";
import { isName } from "../model/name.ts";
import type { DefinedColumn, Index, KeyColumnSchema, Table } from "../model/table.ts";
import type { Fields } from "../wire/message.ts";
import {
	DefinedColumnType,
	type IndexMetaMessage,
	IndexType,
	IndexUpdateMode,
} from "../wire/table-messages.ts";

type IndexFields = Fields<typeof IndexMetaMessage>;
type TableColumns = Pick<Table, "key" | "definedColumns">;

export function checkIndexCount(count: number): void {
	if (count > MAX_INDEXES_PER_TABLE) {
		throw new OtsError(
			403,
			"OTSQuotaExhausted",
			`Number of index per table exceeds the quota: ${MAX_INDEXES_PER_TABLE}.`,
		);
	}
}

/**
 * An index from its request. Its key is the columns asked for and behind them
 * what is left of the table's key (alibabacloud.com/help/en/tablestore/secondary-index-limits).
 * @throws OtsError (OTSParameterInvalid)
 */
export function newIndex(id: number, table: TableColumns, fields: IndexFields): Index {
	const { name, primaryKey, definedColumns } = fields;
	if (!isName(name)) throw parameterInvalid(`Invalid index name: '${name}'.`);
	const local = fields.type === IndexType.local;
	if (local !== (fields.updateMode === IndexUpdateMode.sync)) {
		throw parameterInvalid("A local index is updated synchronously, a global one asynchronously.");
	}
	if (primaryKey.length < 1 || primaryKey.length > MAX_INDEX_COLUMNS) {
		throw parameterInvalid(
			`The number of primary key columns must be in range: [1, ${MAX_INDEX_COLUMNS}] in index.`,
		);
	}
	if (definedColumns.length > MAX_INDEX_ATTRIBUTE_COLUMNS) {
		throw parameterInvalid(
			`The number of defined columns must be in range: [0, ${MAX_INDEX_ATTRIBUTE_COLUMNS}] in index.`,
		);
	}
	const asked = primaryKey.map((column) => keyColumn(table, column));
	const [first] = asked;
	if (first?.option !== undefined) {
		throw parameterInvalid("PkAutoIncr cannot be set as first pk column.");
	}
	if (local && first?.name !== table.key[0]?.name) {
		throw parameterInvalid(
			"The first primary key column of a local index must be that of its table.",
		);
	}
	checkDistinct([...primaryKey, ...definedColumns]);
	for (const column of definedColumns) definedColumn(table, column);
	const rest = table.key.filter((column) => !primaryKey.includes(column.name));
	return {
		id,
		name,
		key: [...asked, ...rest].map(({ name: column, type }) => ({ name: column, type })),
		askedColumns: asked.length,
		definedColumns,
		local,
	};
}

function checkDistinct(names: readonly string[]): void {
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) throw parameterInvalid(`Duplicated column name: '${repeated}'.`);
}

const KEY_TYPES = {
	[DefinedColumnType.integer]: 1,
	[DefinedColumnType.string]: 2,
	[DefinedColumnType.binary]: 3,
} as const;

function keyColumn(table: TableColumns, name: string): KeyColumnSchema {
	const own = table.key.find((column) => column.name === name);
	if (own) return own;
	const { type } = definedColumn(table, name);
	if (type === DefinedColumnType.double || type === DefinedColumnType.boolean) {
		throw parameterInvalid("Invalid column type, only STRING,INTEGER,BINARY is allowed.");
	}
	return { name, type: KEY_TYPES[type] };
}

function definedColumn(table: TableColumns, name: string): DefinedColumn {
	const column = table.definedColumns.find((candidate) => candidate.name === name);
	if (!column) throw parameterInvalid(`Column does not exist: '${name}'.`);
	return column;
}
