import type { Db } from "../store/database.ts";

/** An Alink id is "a number as a string, 0 to 4294967295" (help.aliyun.com/document_detail/89301.html). */
const ID_SPACE = 2 ** 32;

/** So many ids are reserved by one write; a restart skips what was left of them. */
const BLOCK = 100_000;

/** Message ids that are never given twice, also across a kill -9 (until all 2^32 are used). */
export class MessageIds {
	readonly #db: Db;
	readonly #name: string;
	#next = 0;
	#end = 0;

	constructor(db: Db, name: string, first: number) {
		this.#db = db;
		this.#name = name;
		this.#db
			.prepare("INSERT OR IGNORE INTO settings VALUES (?, ?)")
			.run(name, String(Math.floor(first)));
	}

	next(): string {
		if (this.#next >= this.#end) this.#reserve();
		return String(this.#next++ % ID_SPACE);
	}

	#reserve(): void {
		const row = this.#db.prepare("SELECT value FROM settings WHERE name = ?").get(this.#name) as {
			value: string;
		};
		this.#next = Number(row.value);
		this.#end = this.#next + BLOCK;
		this.#db
			.prepare("UPDATE settings SET value = ? WHERE name = ?")
			.run(String(this.#end), this.#name);
	}
}
