import type { Db } from "./database.ts";
import { openDatabase } from "./database.ts";

/**
 * Takes the data folder for this process: two local clouds on one folder would
 * both run its timers and queues. The system gives it free when the process
 * ends, however it ends.
 *
 * @throws Error if another process has it.
 */
export function lockFolder(dataDir: string): { close(): Promise<void> } {
	const db: Db = openDatabase(dataDir, "lock", { busyTimeoutMs: 0 });
	try {
		db.exec("CREATE TABLE IF NOT EXISTS lock (held INTEGER)");
		db.exec("BEGIN EXCLUSIVE");
	} catch {
		db.close();
		throw new Error(`another local cloud works in ${dataDir}: stop it, or choose another --data`);
	}
	return {
		async close() {
			db.exec("ROLLBACK");
			db.close();
		},
	};
}
