import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { DamagedFile } from "../damaged.ts";

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
 * Rows have a kilobyte or two, and come in batches: larger pages, a cache that
 * holds them, and fewer copies of the log into the file (32 MB between two)
 * make writing four times as fast as SQLite's defaults do.
 */
const PAGES = ["page_size=8192", "cache_size=-65536", "wal_autocheckpoint=4000"];

/** A file up to this size is read through when it is opened, which takes some 10 ms. */
const MAX_CHECKED_BYTES = 8 * 1024 * 1024;

/**
 * Opens `<dataDir>/<name>.db`.
 *
 * WAL with `synchronous=NORMAL`: a committed transaction survives the death of
 * the process (kill -9); only a loss of power may take the last ones
 * (sqlite.org/pragma.html#pragma_synchronous).
 *
 * @throws DamagedFile if it is not a database or a part of it cannot be read.
 */
export function openDatabase(
	dataDir: string,
	name: string,
	{ busyTimeoutMs = BUSY_TIMEOUT_MS } = {},
): Db {
	mkdirSync(dataDir, { recursive: true });
	const path = join(dataDir, `${name}.db`);
	let db: Db | undefined;
	try {
		db = new Database(path, { timeout: busyTimeoutMs });
		for (const pragma of [...PAGES, "journal_mode=WAL", "synchronous=NORMAL"]) {
			db.exec(`PRAGMA ${pragma}`);
		}
		if (statSync(path).size <= MAX_CHECKED_BYTES) check(db);
		return db;
	} catch (error) {
		db?.close();
		if (!isDamage(error as LibsqlError)) throw error;
		const remedy = `Remove it and ${name}.db-wal beside it: what they hold is lost, the rest of ${dataDir} stays.`;
		throw new DamagedFile(path, error, remedy);
	}
}

/** Like a disk without room: what is there can be read, and every write fails until it ends. */
export function fillDisk(db: Db, full: boolean): void {
	db.exec(`PRAGMA query_only=${full ? "ON" : "OFF"}`);
}

type LibsqlError = Error & { readonly code?: string };

function check(db: Db): void {
	const [found] = db.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
	if (found && found.quick_check !== "ok") {
		throw Object.assign(new Error("some of its pages cannot be read"), { code: "SQLITE_CORRUPT" });
	}
}

/** A file that cannot be opened at all has no code, only a message. */
function isDamage({ code, message }: LibsqlError): boolean {
	return (
		code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT" || message.startsWith("ConnectionFailed")
	);
}
