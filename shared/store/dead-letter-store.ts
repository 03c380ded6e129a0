import { createHash } from "node:crypto";
import { ulid } from "ulid";
import type { Row, Table } from "../table/table.ts";
import { allShards, shardOf } from "./shard.ts";

/** A message or a timer payload that could not be made into anything. */
export interface DeadLetter {
	readonly id: string;
	/** When it was put here, in milliseconds since the epoch. */
	readonly at: number;
	readonly source: { readonly type: "queue" | "timer"; readonly ref: string };
	readonly reason: string;
	/** As it came, cut to `MAX_TEXT_LENGTH` characters. */
	readonly text: string;
	/** The command that it became at last. */
	readonly redrivenAs?: string;
}

/** An attribute takes 2 MB; more than a message can hold is not worth keeping. */
const MAX_TEXT_LENGTH = 256 * 1024;
const DEAD_LETTER_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export class DeadLetterStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/**
	 * @param at when the message was written, so that a message which is
	 *   delivered again finds its own row.
	 * @param identity what tells this message from all others.
	 */
	async add(letter: Omit<DeadLetter, "id">, identity: string): Promise<DeadLetter> {
		const digest = createHash("sha256").update(identity).digest();
		let position = 0;
		const fromDigest = () => (digest[position++ % digest.length] ?? 0) / 256;
		const text = letter.text.slice(0, MAX_TEXT_LENGTH);
		const stored = { ...letter, text, id: ulid(letter.at, fromDigest) };
		await this.#table.put("dead_letters", toRow(stored), { row: "absent" });
		return stored;
	}

	async get(id: string): Promise<DeadLetter | undefined> {
		if (!DEAD_LETTER_ID.test(id)) return undefined;
		const row = await this.#table.get("dead_letters", [shardOf(id), id]);
		return row && fromRow(row);
	}

	async markRedriven(letter: DeadLetter, commandId: string): Promise<DeadLetter> {
		const marked = { ...letter, redrivenAs: commandId };
		await this.#table.put("dead_letters", toRow(marked), { row: "any" });
		return marked;
	}

	/** Newest first. */
	async list(limit: number, olderThan?: string): Promise<DeadLetter[]> {
		const pages = await Promise.all(
			allShards().map((shard) =>
				this.#table.range("dead_letters", {
					prefix: [shard],
					...(olderThan ? { before: olderThan } : {}),
					direction: "backward",
					limit,
				}),
			),
		);
		const letters = pages.flat().map(fromRow);
		return letters.sort((left, right) => (left.id < right.id ? 1 : -1)).slice(0, limit);
	}
}

const toRow = (letter: DeadLetter): Row => ({
	key: [shardOf(letter.id), letter.id],
	columns: { document: JSON.stringify(letter) },
});

const fromRow = (row: Row): DeadLetter => JSON.parse(String(row.columns["document"])) as DeadLetter;
