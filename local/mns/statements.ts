import type { Db, Statement } from "../store/database.ts";

/**
 * `ready = 0` while a message is hidden. The indexes serve, in this order:
 * receiving by priority and age, waking up what becomes visible, and retention.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS queues (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	attributes TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	modified_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	queue_id INTEGER NOT NULL,
	message_id TEXT NOT NULL,
	body TEXT NOT NULL,
	priority INTEGER NOT NULL,
	enqueued_at INTEGER NOT NULL,
	visible_at INTEGER NOT NULL,
	ready INTEGER NOT NULL,
	first_dequeued_at INTEGER,
	dequeue_count INTEGER NOT NULL DEFAULT 0,
	nonce TEXT,
	properties TEXT
);
CREATE INDEX IF NOT EXISTS messages_ready ON messages (queue_id, priority, seq) WHERE ready = 1;
CREATE INDEX IF NOT EXISTS messages_hidden ON messages (queue_id, visible_at) WHERE ready = 0;
CREATE INDEX IF NOT EXISTS messages_age ON messages (queue_id, enqueued_at);
`;

const ROW =
	"seq, message_id, body, priority, enqueued_at, visible_at, first_dequeued_at, dequeue_count, properties";

/** The statements of the store, prepared once. Parameters stand in the order of the question marks. */
export function prepare(db: Db) {
	db.exec(SCHEMA);
	const prepared = (sql: string): Statement => db.prepare(sql);
	const deleteDeadLetters = prepared(
		"DELETE FROM messages WHERE queue_id = ? AND ready = 0 AND visible_at <= ? AND dequeue_count >= ?",
	);
	const copyDeadLetters = prepared(
		`INSERT INTO messages (queue_id, message_id, body, priority, enqueued_at, visible_at, ready, properties)
		 SELECT ?, message_id, body, priority, enqueued_at, ?, 1, properties FROM messages
		 WHERE queue_id = ? AND ready = 0 AND visible_at <= ? AND dequeue_count >= ?
		 ORDER BY visible_at, seq`,
	);
	const transaction = <T>(work: () => T): T => db.transaction(work).immediate();
	return {
		transaction,
		allQueues: prepared("SELECT * FROM queues"),
		putQueue: prepared(
			`INSERT INTO queues (name, attributes, created_at, modified_at) VALUES (?, ?, ?, ?)
			 ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes, modified_at = excluded.modified_at
			 RETURNING *`,
		),
		deleteQueue: prepared("DELETE FROM queues WHERE id = ?"),
		deleteMessagesOf: prepared("DELETE FROM messages WHERE queue_id = ?"),
		insert: prepared(
			`INSERT INTO messages (queue_id, message_id, body, priority, enqueued_at, visible_at, ready, nonce, properties)
			 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		),
		receive: prepared(
			`UPDATE messages
			 SET ready = 0, visible_at = ?, dequeue_count = dequeue_count + 1,
			     first_dequeued_at = COALESCE(first_dequeued_at, ?), nonce = ?
			 WHERE seq IN (
				SELECT seq FROM messages WHERE queue_id = ? AND ready = 1 ORDER BY priority, seq LIMIT ?
			 )
			 RETURNING ${ROW}`,
		),
		peek: prepared(
			`SELECT ${ROW} FROM messages WHERE queue_id = ? AND ready = 1 ORDER BY priority, seq LIMIT ?`,
		),
		remove: prepared(
			"DELETE FROM messages WHERE seq = ? AND queue_id = ? AND nonce = ? AND ready = 0 AND visible_at > ?",
		),
		changeVisibility: prepared(
			`UPDATE messages SET visible_at = ?, nonce = ?
			 WHERE seq = ? AND queue_id = ? AND nonce = ? AND ready = 0 AND visible_at > ?
			 RETURNING ${ROW}`,
		),
		oldest: prepared("SELECT MIN(enqueued_at) AS at FROM messages WHERE queue_id = ?"),
		deleteExpired: prepared("DELETE FROM messages WHERE queue_id = ? AND enqueued_at <= ?"),
		nextVisible: prepared(
			"SELECT MIN(visible_at) AS at FROM messages WHERE queue_id = ? AND ready = 0",
		),
		promote: prepared(
			"UPDATE messages SET ready = 1 WHERE queue_id = ? AND ready = 0 AND visible_at <= ?",
		),
		counts: prepared(
			`SELECT COALESCE(SUM(ready = 1), 0) AS active,
			        COALESCE(SUM(ready = 0 AND dequeue_count > 0), 0) AS inactive,
			        COALESCE(SUM(ready = 0 AND dequeue_count = 0), 0) AS delayed
			 FROM messages WHERE queue_id = ?`,
		),
		moveDeadLetters: {
			/**
			 * In one transaction, so that a dead letter is never lost and never twice
			 * there. Its age counts on (page Dead-letter queue: "not reset").
			 */
			run(target: number, visibleAt: number, ...due: [number, number, number]) {
				transaction(() => {
					copyDeadLetters.run(target, visibleAt, ...due);
					deleteDeadLetters.run(...due);
				});
			},
		},
	};
}
