import { alreadyExists, indexNotFound } from "../errors.ts";
import { alive } from "../model/lifetime.ts";
import type { Index, Table } from "../model/table.ts";
import { indexChanges } from "../store/index-rows.ts";
import { encodeKey } from "../store/key-encoding.ts";
import { CreateIndexRequest, DropIndexRequest, EmptyMessage } from "../wire/table-messages.ts";
import type { Environment } from "./environment.ts";
import { checkIndexCount, newIndex } from "./index-definition.ts";
import { checkIndexOptions, checkTableCount } from "./table-definition.ts";

/** Rows of the table put into a new index at a time. */
const CHUNK_ROWS = 256;

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
	const end = encodeKey(table.key.map(() => ({ kind: "infMax" })));
	let from = encodeKey(table.key.map(() => ({ kind: "infMin" })));
	for (;;) {
		const chunk = store.scan(table.id, false, from, end, CHUNK_ROWS);
		for (const entry of chunk) {
			const row = alive(entry.row, table.options, clock.now());
			for (const change of indexChanges(index, undefined, row)) {
				if (change.row) store.put(index.id, change.key, change.row, change.row.stampMs);
			}
		}
		const last = chunk.at(-1);
		if (!last || chunk.length < CHUNK_ROWS) return;
		// The least key behind the last one: a byte more.
		from = Buffer.concat([last.key, Buffer.from([0])]);
	}
}
