import type { Table } from "../table/table.ts";
import * as z from "../zod.ts";
import { DocumentStore } from "./document-store.ts";

const optional = z.exactOptional;

/** One request that changed something, or was refused to. */
export const auditSchema = z.object({
	id: z.string(),
	/** Milliseconds since the epoch. */
	at: z.number(),
	/** Name and id of the key. */
	by: z.string(),
	keyId: z.string(),
	/** The operation, by its name in the API's description. */
	action: z.string(),
	/** Id of what it was done to, or of what it made. */
	subject: optional(z.string()),
	/** Of the answer: below 400 it was done. */
	status: z.number(),
	requestId: z.string(),
	/** Where the request came from, as the platform says. */
	address: z.string(),
});

export type AuditEntry = Readonly<z.infer<typeof auditSchema>>;

export class AuditStore extends DocumentStore<AuditEntry> {
	constructor(table: Table) {
		super(table, { table: "audit", schema: auditSchema });
	}
}
