/** `npm run tables`: creates or updates the tables that s.yaml's functions use. Safe to repeat. */
import { systemClock } from "../shared/clock.ts";
import { credentialsOf, readConfig, TABLESTORE_SETTINGS } from "../shared/config.ts";
import { Connection } from "../shared/table/tablestore/connection.ts";
import { createTables } from "../shared/table/tablestore/create-tables.ts";

const HELP = `npm run tables

Creates the tables in the Tablestore instance that these variables name, or
updates them: ${[...TABLESTORE_SETTINGS].join(", ")}.
Rows are kept; it may be run again at any time.`;

if (process.argv.includes("--help")) {
	console.log(HELP);
	process.exit(0);
}

try {
	// Account and region name nothing here, and only functions are given them.
	const settings = readConfig({ FC_ACCOUNT_ID: "-", FC_REGION: "-", ...process.env }, [
		...TABLESTORE_SETTINGS,
	]);
	const connection = new Connection({
		endpoint: settings.TABLESTORE_ENDPOINT,
		instance: settings.TABLESTORE_INSTANCE,
		credentials: () => credentialsOf(settings),
		clock: systemClock,
	});
	const reports = await createTables(connection);
	for (const { table, did } of reports) console.log(`${table.padEnd(14)} ${did}`);
	console.log(
		`${reports.length} tables in ${settings.TABLESTORE_INSTANCE}, ${settings.TABLESTORE_ENDPOINT}`,
	);
	connection.close();
} catch (error) {
	console.error(`tables: ${(error as Error).message}`);
	process.exitCode = 1;
}
