import type { Db } from "../../store/database.ts";

export type TaskStatus = "Enqueued" | "Retrying" | "Succeeded" | "Failed" | "Expired";

export interface AsyncRequest {
	readonly requestId: string;
	readonly functionName: string;
	readonly taskId: string | undefined;
	readonly payload: Buffer;
	readonly acceptedAt: number;
	/** Not run before. */
	readonly dueAt: number;
	/** Runs that ended with an error of the function. */
	readonly attempts: number;
	/** Times in a row that no instance was to be had. */
	readonly throttles: number;
	/** Whether destinations are told of its end. */
	readonly reported: boolean;
}

export interface TaskRecord {
	readonly requestId: string;
	readonly functionName: string;
	readonly taskId: string;
	readonly status: TaskStatus;
	readonly acceptedAt: number;
	readonly endedAt: number | undefined;
	readonly attempts: number;
	readonly durationMs: number;
	readonly instanceId: string;
	readonly errorMessage: string;
	readonly payload: string | undefined;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS async_requests (
	request_id TEXT PRIMARY KEY,
	function_name TEXT NOT NULL,
	task_id TEXT,
	payload BLOB,
	status TEXT NOT NULL,
	accepted_at INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	ended_at INTEGER,
	attempts INTEGER NOT NULL DEFAULT 0,
	throttles INTEGER NOT NULL DEFAULT 0,
	duration_ms INTEGER NOT NULL DEFAULT 0,
	instance_id TEXT NOT NULL DEFAULT '',
	error_message TEXT NOT NULL DEFAULT '',
	reported INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS async_requests_task
	ON async_requests (function_name, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS async_requests_ended ON async_requests (ended_at) WHERE ended_at IS NOT NULL;
`;

interface Row {
	request_id: string;
	function_name: string;
	task_id: string | null;
	payload: Buffer | null;
	status: string;
	accepted_at: number;
	due_at: number;
	ended_at: number | null;
	attempts: number;
	throttles: number;
	duration_ms: number;
	instance_id: string;
	error_message: string;
	reported: number;
}

/**
 * The asynchronous requests. One that is under way has no state of its own: if
 * the process dies it runs again, which is what "at least once" promises.
 */
export class AsyncStore {
	readonly #db: Db;
	readonly #statements;

	constructor(db: Db) {
		this.#db = db;
		db.exec(SCHEMA);
		this.#statements = {
			insert: db.prepare(
				`INSERT INTO async_requests
					(request_id, function_name, task_id, payload, status, accepted_at, due_at, reported)
				VALUES (?, ?, ?, ?, 'Enqueued', ?, ?, ?)
				ON CONFLICT (function_name, task_id) WHERE task_id IS NOT NULL DO NOTHING`,
			),
			get: db.prepare("SELECT * FROM async_requests WHERE request_id = ?"),
			pending: db.prepare(
				"SELECT request_id, function_name, due_at FROM async_requests WHERE ended_at IS NULL ORDER BY due_at, rowid",
			),
			retry: db.prepare(
				`UPDATE async_requests SET status = 'Retrying', due_at = ?, attempts = ?, throttles = ?,
				error_message = ? WHERE request_id = ?`,
			),
			end: db.prepare(
				`UPDATE async_requests SET status = ?, ended_at = ?, attempts = ?, duration_ms = ?,
				instance_id = ?, error_message = ? WHERE request_id = ?`,
			),
			remove: db.prepare("DELETE FROM async_requests WHERE request_id = ?"),
			forget: db.prepare("DELETE FROM async_requests WHERE ended_at < ?"),
			task: db.prepare(
				`SELECT * FROM async_requests WHERE function_name = ? AND (task_id = ? OR request_id = ?)`,
			),
			tasks: db.prepare(
				`SELECT * FROM async_requests WHERE function_name = ? AND task_id IS NOT NULL
				AND task_id >= ? AND substr(task_id, 1, length(?)) = ? AND task_id > ?
				AND (? = '' OR status = ?) ORDER BY task_id LIMIT ?`,
			),
		};
	}

	/** @returns false if the function already has a request with this task id. */
	insert(request: Omit<AsyncRequest, "attempts" | "throttles">): boolean {
		const result = this.#statements.insert.run(
			request.requestId,
			request.functionName,
			request.taskId ?? null,
			request.payload,
			request.acceptedAt,
			request.dueAt,
			request.reported ? 1 : 0,
		);
		return result.changes > 0;
	}

	get(requestId: string): AsyncRequest | undefined {
		const row = this.#statements.get.get(requestId) as Row | undefined;
		return row && toRequest(row);
	}

	/** Everything that has not ended, the first due first. */
	pending(): { requestId: string; functionName: string; dueAt: number }[] {
		const rows = this.#statements.pending.all() as Row[];
		return rows.map((row) => ({
			requestId: row.request_id,
			functionName: row.function_name,
			dueAt: row.due_at,
		}));
	}

	retry(
		requestId: string,
		next: { dueAt: number; attempts: number; throttles: number; errorMessage: string },
	): void {
		this.#statements.retry.run(
			next.dueAt,
			next.attempts,
			next.throttles,
			next.errorMessage,
			requestId,
		);
	}

	/** Without a task id nobody can ask for the request again: it is forgotten. */
	end(
		request: AsyncRequest,
		end: {
			status: TaskStatus;
			endedAt: number;
			attempts: number;
			durationMs: number;
			instanceId: string;
			errorMessage: string;
		},
	): void {
		if (request.taskId === undefined) {
			this.#statements.remove.run(request.requestId);
			return;
		}
		this.#statements.end.run(
			end.status,
			end.endedAt,
			end.attempts,
			end.durationMs,
			end.instanceId,
			end.errorMessage,
			request.requestId,
		);
	}

	forgetEndedBefore(time: number): void {
		this.#statements.forget.run(time);
	}

	task(functionName: string, id: string): TaskRecord | undefined {
		const row = this.#statements.task.get(functionName, id, id) as Row | undefined;
		return row && toRecord(row);
	}

	/** Tasks in the order of their ids, after `after`. */
	tasks(
		functionName: string,
		query: { prefix: string; after: string; status: string; limit: number },
	): TaskRecord[] {
		const { prefix, after, status, limit } = query;
		const rows = this.#statements.tasks.all(
			functionName,
			prefix,
			prefix,
			prefix,
			after,
			status,
			status,
			limit,
		) as Row[];
		return rows.map(toRecord);
	}

	close(): void {
		this.#db.close();
	}
}

function toRequest(row: Row): AsyncRequest {
	return {
		requestId: row.request_id,
		functionName: row.function_name,
		taskId: row.task_id ?? undefined,
		payload: row.payload ? Buffer.from(row.payload) : Buffer.alloc(0),
		acceptedAt: row.accepted_at,
		dueAt: row.due_at,
		attempts: row.attempts,
		throttles: row.throttles,
		reported: row.reported === 1,
	};
}

function toRecord(row: Row): TaskRecord {
	return {
		requestId: row.request_id,
		functionName: row.function_name,
		taskId: row.task_id ?? row.request_id,
		status: row.status as TaskStatus,
		acceptedAt: row.accepted_at,
		endedAt: row.ended_at ?? undefined,
		attempts: row.attempts,
		durationMs: row.duration_ms,
		instanceId: row.instance_id,
		errorMessage: row.error_message,
		payload: row.payload ? Buffer.from(row.payload).toString("utf8") : undefined,
	};
}
