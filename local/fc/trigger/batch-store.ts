import type { QueueMessage } from "../../service.ts";
import type { Db } from "../../store/database.ts";

/** A batch that was taken from its queue and not yet handed over. */
export interface Batch {
	readonly id: number;
	readonly messages: readonly QueueMessage[];
	/** Deliveries that failed. */
	readonly attempts: number;
	readonly dueAt: number;
}

interface Row {
	id: number;
	attempts: number;
	due_at: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS stream_batches (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	stream TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	due_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS stream_messages (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	batch INTEGER NOT NULL,
	messages TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS stream_messages_batch ON stream_messages (batch);
`;

/**
 * The batches under way. Their messages are still in the queue, only hidden:
 * after kill -9 this says which, so that they need not wait to become visible.
 */
export class BatchStore {
	readonly #statements;

	constructor(db: Db) {
		db.exec(SCHEMA);
		this.#statements = {
			insert: db.prepare("INSERT INTO stream_batches (stream, attempts, due_at) VALUES (?, 0, ?)"),
			addMessages: db.prepare("INSERT INTO stream_messages (batch, messages) VALUES (?, ?)"),
			retry: db.prepare("UPDATE stream_batches SET attempts = ?, due_at = ? WHERE id = ?"),
			remove: db.prepare("DELETE FROM stream_batches WHERE id = ?"),
			removeMessages: db.prepare("DELETE FROM stream_messages WHERE batch = ?"),
			batches: db.prepare("SELECT * FROM stream_batches WHERE stream = ? ORDER BY id"),
			messages: db.prepare("SELECT messages FROM stream_messages WHERE batch = ? ORDER BY id"),
		};
	}

	insert(stream: string, messages: readonly QueueMessage[], dueAt: number): Batch {
		const id = Number(this.#statements.insert.run(stream, dueAt).lastInsertRowid);
		this.#statements.addMessages.run(id, JSON.stringify(messages));
		return { id, messages, attempts: 0, dueAt };
	}

	/** The batch with more messages. */
	extend(batch: Batch, messages: readonly QueueMessage[]): Batch {
		this.#statements.addMessages.run(batch.id, JSON.stringify(messages));
		return { ...batch, messages: [...batch.messages, ...messages] };
	}

	retry(batch: Batch, attempts: number, dueAt: number): Batch {
		this.#statements.retry.run(attempts, dueAt, batch.id);
		return { ...batch, attempts, dueAt };
	}

	remove(batch: Batch): void {
		this.#statements.remove.run(batch.id);
		this.#statements.removeMessages.run(batch.id);
	}

	all(stream: string): Batch[] {
		const rows = this.#statements.batches.all(stream) as Row[];
		return rows.map((row) => {
			const chunks = this.#statements.messages.all(row.id) as { messages: string }[];
			const messages = chunks.flatMap((chunk) => JSON.parse(chunk.messages) as QueueMessage[]);
			return { id: row.id, messages, attempts: row.attempts, dueAt: row.due_at };
		});
	}
}
