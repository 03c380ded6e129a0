import { keySchema, type StoredKey } from "../key/key.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";

/** API keys, without their secrets. A key that is revoked has no row any more; the audit says who did it. */
export class KeyStore extends DocumentStore<StoredKey> {
	constructor(table: Table) {
		super(table, { table: "keys", schema: keySchema });
	}
}
