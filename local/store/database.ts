import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";

export type Db = Database.Database;

/** Named here because the declarations of libsql do not export theirs. */
export interface Statement {
	run(...parameters: unknown[]): Database.RunResult;
	get(...parameters: unknown[]): unknown;
	all(...parameters: unknown[]): unknown[];
}

/** How long a statement waits for another process's lock; without it libsql answers SQLITE_BUSY at once. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens `<dataDir>/<name>.db`.
 *
 * WAL with `synchronous=NORMAL`: a committed transaction survives the death of
 * the process (kill -9); only a loss of power may take the last ones
 * (sqlite.org/pragma.html#pragma_synchronous).
 */
export function openDatabase(
	dataDir: string,
	name: string,
	{ busyTimeoutMs = BUSY_TIMEOUT_MS } = {},
): Db {
	mkdirSync(dataDir, { recursive: true });
	const db = new Database(join(dataDir, `${name}.db`), { timeout: busyTimeoutMs });
	db.exec("PRAGMA journal_mode=WAL");
	db.exec("PRAGMA synchronous=NORMAL");
	return db;
}
