import type { Clock } from "../../clock.ts";
import type { CredentialSource } from "../../credentials.ts";
import type { Table } from "../table.ts";
import { Connection } from "./connection.ts";
import { TablestoreTable } from "./tablestore-table.ts";

/** The table port on the Tablestore instance that the configuration names. */
export function openTable(
	settings: { readonly TABLESTORE_ENDPOINT: string; readonly TABLESTORE_INSTANCE: string },
	deps: {
		readonly credentials: CredentialSource;
		readonly clock: Clock;
		/** @see ConnectionOptions */
		readonly patienceMs?: number;
		/** @see ConnectionOptions */
		readonly inOutage?: "wait" | "fail";
	},
): Table {
	const connection = new Connection({
		endpoint: settings.TABLESTORE_ENDPOINT,
		instance: settings.TABLESTORE_INSTANCE,
		credentials: deps.credentials,
		clock: deps.clock,
		...(deps.patienceMs === undefined ? {} : { patienceMs: deps.patienceMs }),
		...(deps.inOutage === undefined ? {} : { inOutage: deps.inOutage }),
	});
	return new TablestoreTable(connection);
}
