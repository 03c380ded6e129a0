import { alreadyExists, indexNotFound } from "../errors.ts";
import { alive } from "../model/lifetime.ts";
import type { Index, Table } from "../model/table.ts";
import { indexChanges } from "../store/index-rows.ts";
import { encodeKey } from "../store/key-encoding.ts";
import { type KeyRange, scanRange } from "../store/range-scan.ts";
import { CreateIndexRequest, DropIndexRequest, EmptyMessage } from "../wire/table-messages.ts";
import type { Environment } from "./environment.ts";
import { checkIndexCount, newIndex } from "./index-definition.ts";
import { checkIndexOptions, checkTableCount } from "./table-definition.ts";

export function createIndex(environment: Environment, body: Buffer): Buffer {
	const { catalog } = environment;
	const request = CreateIndexRequest.decode(body);
	const table = catalog.table(request.mainTableName);
	const index = newIndex(catalog.freeId(), table, request.index);
	if (catalog.has(index.name)) throw alreadyExists();
	const indexes = [...table.indexes, index];
	checkIndexCount(indexes.length);
	checkTableCount(catalog, 1);
	checkIndexOptions(table.options, indexes);
	catalog.save({ ...table, indexes }, () => {
		if (request.includeBaseData) fill(environment, table, index);
	});
	return EmptyMessage.encode({});
}

export function dropIndex({ catalog, store }: Environment, body: Buffer): Buffer {
	const { mainTableName, indexName } = DropIndexRequest.decode(body);
	const table = catalog.table(mainTableName);
	const index = table.indexes.find((candidate) => candidate.name === indexName);
	if (!index) throw indexNotFound();
	catalog.save({ ...table, indexes: table.indexes.filter((other) => other !== index) }, () =>
		store.clear(index.id),
	);
	return EmptyMessage.encode({});
}

/** What the table holds already, put into its new index. */
function fill({ store, clock }: Environment, table: Table, index: Index): void {
	const range: KeyRange = {
		backward: false,
		start: encodeKey(table.key.map(() => ({ kind: "infMin" }))),
		end: encodeKey(table.key.map(() => ({ kind: "infMax" }))),
	};
	for (const entry of scanRange(store, table.id, range, Number.POSITIVE_INFINITY)) {
		const row = alive(entry.row, table.options, clock.now());
		for (const change of indexChanges(index, undefined, row)) {
			if (change.row) store.put(index.id, change.key, change.row, change.row.stampMs);
		}
	}
}
