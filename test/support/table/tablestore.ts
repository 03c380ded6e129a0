import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "../../../local/account.ts";
import { startTablestore } from "../../../local/tablestore/index.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Connection } from "../../../shared/table/tablestore/connection.ts";
import { createTables } from "../../../shared/table/tablestore/create-tables.ts";
import { TablestoreTable } from "../../../shared/table/tablestore/tablestore-table.ts";

const INSTANCE = "contract";

/** The adapter, and below it the vendor's SDK against the local Tablestore. */
export async function openLocalTable(
	options: { readonly tables?: Parameters<typeof createTables>[1] } = {},
) {
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-table-"));
	const account = new Account("1234567890123456", "cn-shanghai", {
		accessKeyId: "LTAItable",
		accessKeySecret: "secret-of-table",
	});
	const service = await startTablestore(
		{ dataDir, port: 0, clock: systemClock, random: Math.random, account, log: () => {} },
		{ instance: INSTANCE },
	);
	const connection = new Connection({
		endpoint: service.url,
		instance: INSTANCE,
		credentials: () => account.root,
		clock: systemClock,
		// Repeats come at once: how long they wait is tested elsewhere.
		random: () => 0,
	});
	await createTables(connection, options.tables);
	return {
		table: new TablestoreTable(connection),
		connection,
		service,
		account,
		async close() {
			connection.close();
			await service.close();
			rmSync(dataDir, { recursive: true });
		},
	};
}
